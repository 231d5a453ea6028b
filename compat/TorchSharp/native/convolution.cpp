// A transposed convolution is the gradient of a convolution by its input. Before 2.1, libtorch computes it by unfolding and matrix
// products, forwards and backwards; here oneDNN's convolutions do what they do faster.

#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/custom_function.h>

#include "shim.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Numbers = std::vector<int64_t>;

// With fewer channels out, unfolding is the faster way forwards.
constexpr int64_t worthwhile = 8;

// The gradient with its channels side by side in memory where the input's are. Of a single channel, only the strides tell.
at::Tensor in_order_of(const at::Tensor& input, const at::Tensor& gradient) {
    const auto format = input.suggest_memory_format();
    if (format == at::MemoryFormat::Contiguous || gradient.size(1) > 1) return gradient.contiguous(format);
    return gradient.permute({0, 2, 3, 1}).reshape({-1, gradient.size(2) * gradient.size(3)})
        .view({-1, gradient.size(2), gradient.size(3), 1}).permute({0, 3, 1, 2});
}

struct TransposedConvolution : torch::autograd::Function<TransposedConvolution> {
    // input [rows, channels in, height, width], weight [channels in, channels out, kernel height, kernel width]
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const Numbers& stride,
                              const Numbers& padding, const Numbers& output_padding, const Numbers& dilation) {
        context->save_for_backward({input, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        context->saved_data["dilation"] = dilation;
        Numbers size{input.size(0), weight.size(1)};
        for (int d = 0; d < 2; d++)
            size.push_back((input.size(d + 2) - 1) * stride[d] - 2 * padding[d] + dilation[d] * (weight.size(d + 2) - 1) + output_padding[d] + 1);
        if (weight.size(1) < worthwhile || size[2] < 1 || size[3] < 1)
            return at::conv_transpose2d(input, weight, {}, stride, padding, output_padding, 1, dilation);
        const auto shape = at::empty(size, input.options(), input.suggest_memory_format());
        return std::get<0>(at::convolution_backward(input, shape, weight, c10::nullopt, stride, padding, dilation, false, {0, 0}, 1,
                                                    {true, false, false}));
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1];
        const auto gradient = in_order_of(input, gradients[0]);
        const auto stride = context->saved_data["stride"].toIntVector(), padding = context->saved_data["padding"].toIntVector(),
                   dilation = context->saved_data["dilation"].toIntVector();
        variable_list results(6);
        results[0] = at::convolution(gradient, weight, {}, stride, padding, dilation, false, {0, 0}, 1);
        results[1] = std::get<1>(at::convolution_backward(input, gradient, weight, c10::nullopt, stride, padding, dilation, false, {0, 0}, 1,
                                                          {false, true, false}));
        return results;
    }
};

}  // namespace

// sizes: stride, padding, output padding and dilation, two of each.
EXPORT const char* ts_conv_transpose2d(Handle input, Handle weight, const int64_t* sizes, Handle* result) {
    return guarded([&] {
        auto pair = [&](int k) { return Numbers{sizes[2 * k], sizes[2 * k + 1]}; };
        *result = release(TransposedConvolution::apply(borrow(input), borrow(weight), pair(0), pair(1), pair(2), pair(3)));
    });
}
