// Where the channels of a pixel lie side by side, Debian's libtorch takes the moments of a group of channels in strides, at five times the
// time of the backward pass; here every pass is over memory in its order. Not built where libtorch brings its own BLAS.

#include "replace_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/native_group_norm_native.h>

#include <cmath>
#include <tuple>
#include <vector>

namespace {

using OptionalTensor = c10::optional<at::Tensor>;
using Result = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

bool applies(const at::Tensor& input, const OptionalTensor& weight, const OptionalTensor& bias) {
    const auto single = [](const OptionalTensor& t) { return t && t->defined() && t->scalar_type() == at::kFloat && t->is_contiguous(); };
    return input.dim() == 4 && input.numel() > 0 && input.scalar_type() == at::kFloat && single(weight) && single(bias) &&
           input.is_contiguous(at::MemoryFormat::ChannelsLast) && !input.is_contiguous();
}

// input [rows, channels, pixels]; gives the result, and of each row and group the mean and one over the deviation.
Result native_group_norm(const at::Tensor& input, const OptionalTensor& weight, const OptionalTensor& bias, int64_t rows, int64_t channels,
                         int64_t pixels, int64_t groups, double eps) {
    if (!applies(input, weight, bias)) return at::native::native_group_norm(input, weight, bias, rows, channels, pixels, groups, eps);
    auto result = at::empty_like(input), mean = at::empty({rows, groups}, input.options()), rstd = at::empty({rows, groups}, input.options());
    const auto x = input.data_ptr<float>(), w = weight->data_ptr<float>(), b = bias->data_ptr<float>();
    const auto y = result.data_ptr<float>(), means = mean.data_ptr<float>(), rstds = rstd.data_ptr<float>();
    const auto members = channels / groups;
    const double values = double(members) * pixels;
    constexpr int64_t part = 1 << 14;  // values worth a thread
    at::parallel_for(0, rows, part / (channels * pixels) + 1, [&](int64_t first, int64_t end) {
        std::vector<float> sums(channels), center(channels), scale(channels), shift(channels);
        // The sum over pixels of what term gives for each channel; then, for each group, over its channels.
        const auto sum = [&](const float* image, auto term, auto finish) {
            std::fill(sums.begin(), sums.end(), 0.f);
            for (int64_t p = 0; p < pixels; p++)
                for (int64_t c = 0; c < channels; c++) sums[c] += term(image[p * channels + c], c);
            for (int64_t g = 0; g < groups; g++) {
                double total = 0;
                for (int64_t k = 0; k < members; k++) total += sums[g * members + k];
                finish(g, total / values);
            }
        };
        for (auto row = first; row < end; row++) {
            const auto image = x + row * channels * pixels;
            const auto normalized = y + row * channels * pixels;
            sum(image, [](float v, int64_t) { return v; }, [&](int64_t g, double m) {
                means[row * groups + g] = m;
                std::fill_n(center.begin() + g * members, members, float(m));
            });
            sum(image, [&](float v, int64_t c) { return (v - center[c]) * (v - center[c]); },
                [&](int64_t g, double v) { rstds[row * groups + g] = 1 / std::sqrt(v + eps); });
            for (int64_t c = 0; c < channels; c++) {
                scale[c] = w[c] * rstds[row * groups + c / members];
                shift[c] = b[c] - center[c] * scale[c];
            }
            for (int64_t p = 0; p < pixels; p++)
                for (int64_t c = 0; c < channels; c++) normalized[p * channels + c] = image[p * channels + c] * scale[c] + shift[c];
        }
    });
    return {result, mean, rstd};
}

const auto library = replace_kernel("native_group_norm", native_group_norm, __FILE__, __LINE__);

}  // namespace
