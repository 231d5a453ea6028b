// SiLU and its slope in one pass each by the vectors that the machine has; libtorch calls a function for every eight values. Not built where
// libtorch brings its own BLAS.

#include "replace_kernel.h"
#include "vectorized.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/silu_backward.h>

namespace {

constexpr int64_t part = 1 << 14;  // values worth a thread

VECTORIZED void apply(int64_t first, int64_t end, const float* x, float* y) {
#pragma omp simd
    for (int64_t i = first; i < end; i++) y[i] = x[i] * sigmoid(x[i]);
}

VECTORIZED void back(int64_t first, int64_t end, const float* gradient, const float* x, float* result) {
#pragma omp simd
    for (int64_t i = first; i < end; i++) {
        const float s = sigmoid(x[i]);
        result[i] = gradient[i] * s * (1.f + x[i] * (1.f - s));
    }
}

bool applies(const at::Tensor& x) { return x.scalar_type() == at::kFloat && x.is_non_overlapping_and_dense() && x.numel() > 0; }

at::Tensor silu(const at::Tensor& input) {
    if (!applies(input)) {
        auto result = at::empty({0}, input.options());
        return at::silu_out(result, input);
    }
    auto result = at::empty_like(input);
    const auto x = input.data_ptr<float>();
    const auto y = result.data_ptr<float>();
    at::parallel_for(0, input.numel(), part, [&](int64_t first, int64_t end) { apply(first, end, x, y); });
    return result;
}

at::Tensor silu_backward(const at::Tensor& gradient, const at::Tensor& input) {
    if (!applies(input) || gradient.scalar_type() != at::kFloat || gradient.sizes() != input.sizes() || gradient.strides() != input.strides()) {
        auto result = at::empty({0}, input.options());
        return at::silu_backward_out(result, gradient, input);
    }
    auto result = at::empty_like(input);
    const auto g = gradient.data_ptr<float>(), x = input.data_ptr<float>();
    const auto values = result.data_ptr<float>();
    at::parallel_for(0, input.numel(), part, [&](int64_t first, int64_t end) { back(first, end, g, x, values); });
    return result;
}

const auto forwards = replace_kernel("silu", silu, __FILE__, __LINE__);
const auto backwards = replace_kernel("silu_backward", silu_backward, __FILE__, __LINE__);

}  // namespace
