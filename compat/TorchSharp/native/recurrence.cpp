// Recurrent layers over single-precision sequences on the CPU. Libtorch makes each step of some dozen operators, forwards and backwards,
// and multiplies small matrices for the gradients of the weights at every one. Here a step is one matrix product and one pass over the
// gates, and the gradients of the weights are one product over all steps. Rows do not depend on each other, so threads share them.
//
// Formulas and the order of the gates: Hochreiter and Schmidhuber 1997 with forget gates (Gers et al. 2000), and Cho et al. 2014, both as
// libtorch documents them.

#include <ATen/Parallel.h>
#include <ATen/ThreadLocalState.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/add.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gru.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/lstm.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "shim.h"
#include "vectorized.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

// One step. Of every row, the gates lie one after the other, `size` values each.

// gates: input, forget, new, output; activated afterwards.
VECTORIZED void lstm_step(int64_t rows, int size, float* gates, const float* cell_before, float* cell, float* state) {
    for (; rows > 0; rows--, gates += 4 * size, cell_before += size, cell += size, state += size) {
        float *input = gates, *forget = gates + size, *fresh = gates + 2 * size, *output = gates + 3 * size;
#pragma omp simd
        for (int k = 0; k < size; k++) {
            input[k] = sigmoid(input[k]);
            forget[k] = sigmoid(forget[k]);
            fresh[k] = hyperbolic(fresh[k]);
            output[k] = sigmoid(output[k]);
            cell[k] = forget[k] * cell_before[k] + input[k] * fresh[k];
            state[k] = output[k] * hyperbolic(cell[k]);
        }
    }
}

// d_cell: that of this step's cell from the step after; becomes that of the cell before.
VECTORIZED void lstm_step_back(int64_t rows, int size, const float* gates, const float* cell_before, const float* cell, const float* d_state,
                               float* d_cell, float* d_gates) {
    for (; rows > 0; rows--, gates += 4 * size, d_gates += 4 * size, cell_before += size, cell += size, d_state += size, d_cell += size) {
        const float *input = gates, *forget = gates + size, *fresh = gates + 2 * size, *output = gates + 3 * size;
#pragma omp simd
        for (int k = 0; k < size; k++) {
            const float bounded = hyperbolic(cell[k]), d = d_cell[k] + d_state[k] * output[k] * (1 - bounded * bounded);
            d_gates[k] = d * fresh[k] * input[k] * (1 - input[k]);
            d_gates[size + k] = d * cell_before[k] * forget[k] * (1 - forget[k]);
            d_gates[2 * size + k] = d * input[k] * (1 - fresh[k] * fresh[k]);
            d_gates[3 * size + k] = d_state[k] * bounded * output[k] * (1 - output[k]);
            d_cell[k] = d * forget[k];
        }
    }
}

// gates: reset, update, new, as the input has them; activated afterwards. from_state: the same as the state before has them.
VECTORIZED void gru_step(int64_t rows, int size, float* gates, const float* from_state, const float* state_before, float* state) {
    for (; rows > 0; rows--, gates += 3 * size, from_state += 3 * size, state_before += size, state += size) {
        float *reset = gates, *update = gates + size, *fresh = gates + 2 * size;
#pragma omp simd
        for (int k = 0; k < size; k++) {
            reset[k] = sigmoid(reset[k] + from_state[k]);
            update[k] = sigmoid(update[k] + from_state[size + k]);
            fresh[k] = hyperbolic(fresh[k] + reset[k] * from_state[2 * size + k]);
            state[k] = fresh[k] + update[k] * (state_before[k] - fresh[k]);
        }
    }
}

// d_state becomes what the state before has of it besides what comes through the weights.
VECTORIZED void gru_step_back(int64_t rows, int size, const float* gates, const float* from_state, const float* state_before, float* d_state,
                              float* d_gates, float* d_from_state) {
    for (; rows > 0; rows--, gates += 3 * size, from_state += 3 * size, d_gates += 3 * size, d_from_state += 3 * size, state_before += size,
                     d_state += size) {
        const float *reset = gates, *update = gates + size, *fresh = gates + 2 * size;
#pragma omp simd
        for (int k = 0; k < size; k++) {
            const float d_fresh = d_state[k] * (1 - update[k]) * (1 - fresh[k] * fresh[k]);
            d_gates[k] = d_from_state[k] = d_fresh * from_state[2 * size + k] * reset[k] * (1 - reset[k]);
            d_gates[size + k] = d_from_state[size + k] = d_state[k] * (state_before[k] - fresh[k]) * update[k] * (1 - update[k]);
            d_gates[2 * size + k] = d_fresh;
            d_from_state[2 * size + k] = d_fresh * reset[k];
            d_state[k] *= update[k];
        }
    }
}

// Runs a part of the rows on each thread: body(first, rows).
template <class Body>
void share(int64_t rows, Body&& body) {
    constexpr int64_t least = 32;  // with fewer, matrix products are slow
    const at::ThreadLocalState state;
    at::parallel_for(0, rows, least, [&](int64_t first, int64_t end) {
        at::ThreadLocalStateGuard guard(state);
        body(first, end - first);
    });
}

// Some rows of [steps, rows, width] at every step.
struct Steps {
    std::vector<at::Tensor> parts;

    Steps(const at::Tensor& tensor, int64_t first, int64_t rows) : parts(tensor.narrow(1, first, rows).unbind(0)) {}
    const at::Tensor& operator[](int64_t step) const { return parts[step]; }
    float* at(int64_t step) const { return parts[step].data_ptr<float>(); }
};

// The states before each step: [steps, rows, size].
at::Tensor shifted(const at::Tensor& first, const at::Tensor& states) {
    return at::cat({first.unsqueeze(0), states.narrow(0, 0, states.size(0) - 1)});
}

// The gradients, over all steps and rows, of weights and of biases: by those of what they gave, and by what the weights were given.
at::Tensor weight_gradient(const at::Tensor& gradient, const at::Tensor& factors) {
    return gradient.flatten(0, 1).t().mm(factors.flatten(0, 1));
}
at::Tensor bias_gradient(const at::Tensor& gradient) { return gradient.flatten(0, 1).sum(0); }

// The gradients of a layer by libtorch's operators: they can be differentiated again.
template <class Layer>
variable_list differentiable(const variable_list& inputs, const variable_list& gradients, Layer&& layer) {
    variable_list outputs = layer(), wanted, given, asked, results;
    for (size_t k = 0; k < outputs.size(); k++)
        if (gradients[k].defined()) {
            asked.push_back(outputs[k]);
            given.push_back(gradients[k]);
        }
    for (const auto& input : inputs)
        if (input.requires_grad()) wanted.push_back(input);
    const auto found = torch::autograd::grad(asked, wanted, given, true, true, true);
    size_t next = 0;
    for (const auto& input : inputs) results.push_back(input.requires_grad() ? found[next++] : at::Tensor());
    return results;
}

// A gradient to go on from: a copy, or zeros where there is none.
at::Tensor begin(const at::Tensor& gradient, const at::Tensor& like) {
    return gradient.defined() ? gradient.clone(at::MemoryFormat::Contiguous) : at::zeros_like(like);
}

// Inputs: x [steps, rows, values]; state and cell before [rows, size]; weights of the input [4 size, values] and of the state
// [4 size, size]; their biases. Results: states [steps, rows, size]; the last state and cell [rows, size].
struct Lstm : torch::autograd::Function<Lstm> {
    static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& state, const at::Tensor& cell,
                                 const at::Tensor& input_weight, const at::Tensor& state_weight, const at::Tensor& input_bias,
                                 const at::Tensor& state_bias) {
        const auto steps = x.size(0), rows = x.size(1);
        const int size = static_cast<int>(state.size(1));
        auto gates = at::linear(x, input_weight, at::add(input_bias, state_bias));
        auto states = at::empty({steps, rows, size}, x.options()), cells = at::empty_like(states);
        share(rows, [&](int64_t first, int64_t count) {
            const Steps g(gates, first, count), s(states, first, count), c(cells, first, count);
            const auto s0 = state.narrow(0, first, count), c0 = cell.narrow(0, first, count), weights = state_weight.t();
            for (int64_t t = 0; t < steps; t++) {
                g[t].addmm_(t ? s[t - 1] : s0, weights);
                lstm_step(count, size, g.at(t), (t ? c[t - 1] : c0).data_ptr<float>(), c.at(t), s.at(t));
            }
        });
        context->save_for_backward({x, state, cell, input_weight, state_weight, input_bias, state_bias, gates, states, cells});
        context->set_materialize_grads(false);
        return {states, states.select(0, steps - 1).clone(), cells.select(0, steps - 1).clone()};
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &state = saved[1], &cell = saved[2], &input_weight = saved[3], &state_weight = saved[4];
        if (at::GradMode::is_enabled())
            return differentiable(variable_list(saved.begin(), saved.begin() + 7), gradients, [&]() -> variable_list {
                auto [states, last, last_cell] = at::lstm(x, {state.unsqueeze(0), cell.unsqueeze(0)},
                                                          {input_weight, state_weight, saved[5], saved[6]}, true, 1, 0, false, false, false);
                return {states, last.squeeze(0), last_cell.squeeze(0)};
            });
        const auto steps = x.size(0), rows = x.size(1);
        const int size = static_cast<int>(state.size(1));
        const auto d_states = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
        auto d_state = begin(gradients[1], state), d_cell = begin(gradients[2], cell), d_gates = at::empty_like(saved[7]);
        share(rows, [&](int64_t first, int64_t count) {
            const Steps g(saved[7], first, count), c(saved[9], first, count), dg(d_gates, first, count);
            const auto c0 = cell.narrow(0, first, count), dc = d_cell.narrow(0, first, count);
            auto ds = d_state.narrow(0, first, count);
            for (auto t = steps - 1; t >= 0; t--) {
                if (d_states.defined()) ds.add_(d_states.select(0, t).narrow(0, first, count));
                lstm_step_back(count, size, g.at(t), (t ? c[t - 1] : c0).data_ptr<float>(), c.at(t), ds.data_ptr<float>(), dc.data_ptr<float>(),
                               dg.at(t));
                at::mm_out(ds, dg[t], state_weight);
            }
        });
        const auto d_bias = bias_gradient(d_gates);
        return {x.requires_grad() ? d_gates.matmul(input_weight) : at::Tensor(), d_state, d_cell, weight_gradient(d_gates, x),
                weight_gradient(d_gates, shifted(state, saved[8])), d_bias, d_bias};
    }
};

// As Lstm, without cells and with 3 gates.
struct Gru : torch::autograd::Function<Gru> {
    static variable_list forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& state, const at::Tensor& input_weight,
                                 const at::Tensor& state_weight, const at::Tensor& input_bias, const at::Tensor& state_bias) {
        const auto steps = x.size(0), rows = x.size(1);
        const int size = static_cast<int>(state.size(1));
        // A copy even of a single row: contiguous() would give the bias itself, to be written over.
        auto gates = at::linear(x, input_weight, input_bias);
        auto from_states = state_bias.expand({steps, rows, 3 * size}).clone(at::MemoryFormat::Contiguous);
        auto states = at::empty({steps, rows, size}, x.options());
        share(rows, [&](int64_t first, int64_t count) {
            const Steps g(gates, first, count), f(from_states, first, count), s(states, first, count);
            const auto s0 = state.narrow(0, first, count), weights = state_weight.t();
            for (int64_t t = 0; t < steps; t++) {
                const auto& before = t ? s[t - 1] : s0;
                f[t].addmm_(before, weights);
                gru_step(count, size, g.at(t), f.at(t), before.data_ptr<float>(), s.at(t));
            }
        });
        context->save_for_backward({x, state, input_weight, state_weight, input_bias, state_bias, gates, from_states, states});
        context->set_materialize_grads(false);
        return {states, states.select(0, steps - 1).clone()};
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &state = saved[1], &input_weight = saved[2], &state_weight = saved[3];
        if (at::GradMode::is_enabled())
            return differentiable(variable_list(saved.begin(), saved.begin() + 6), gradients, [&]() -> variable_list {
                auto [states, last] = at::gru(x, state.unsqueeze(0), {input_weight, state_weight, saved[4], saved[5]}, true, 1, 0, false, false, false);
                return {states, last.squeeze(0)};
            });
        const auto steps = x.size(0), rows = x.size(1);
        const int size = static_cast<int>(state.size(1));
        const auto d_states = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
        auto d_state = begin(gradients[1], state), d_gates = at::empty_like(saved[6]), d_from_states = at::empty_like(d_gates);
        share(rows, [&](int64_t first, int64_t count) {
            const Steps g(saved[6], first, count), f(saved[7], first, count), s(saved[8], first, count), dg(d_gates, first, count),
                df(d_from_states, first, count);
            const auto s0 = state.narrow(0, first, count), ds = d_state.narrow(0, first, count);
            for (auto t = steps - 1; t >= 0; t--) {
                if (d_states.defined()) ds.add_(d_states.select(0, t).narrow(0, first, count));
                gru_step_back(count, size, g.at(t), f.at(t), (t ? s[t - 1] : s0).data_ptr<float>(), ds.data_ptr<float>(), dg.at(t), df.at(t));
                ds.addmm_(df[t], state_weight);
            }
        });
        return {x.requires_grad() ? d_gates.matmul(input_weight) : at::Tensor(), d_state, weight_gradient(d_gates, x),
                weight_gradient(d_from_states, shifted(state, saved[8])), bias_gradient(d_gates), bias_gradient(d_from_states)};
    }
};

void give(variable_list&& tensors, Handle* results) {
    for (auto& tensor : tensors) *results++ = release(std::move(tensor));
}

}  // namespace

// All contiguous, in the order of the layers above.
EXPORT const char* ts_lstm(Handle* inputs, Handle* results) {
    return guarded([&] {
        const auto t = borrow(inputs, 7);
        give(Lstm::apply(t[0], t[1], t[2], t[3], t[4], t[5], t[6]), results);
    });
}
EXPORT const char* ts_gru(Handle* inputs, Handle* results) {
    return guarded([&] {
        const auto t = borrow(inputs, 6);
        give(Gru::apply(t[0], t[1], t[2], t[3], t[4], t[5]), results);
    });
}
