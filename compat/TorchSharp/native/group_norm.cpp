// Where the channels of a pixel lie side by side, Debian's libtorch goes through them in strides, forwards and backwards; here every pass is
// over memory in its order. Not built where libtorch brings its own BLAS.

#include "replace_kernel.h"
#include "vectorized.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/native_group_norm_backward_native.h>
#include <ATen/ops/native_group_norm_native.h>

#include <array>
#include <cmath>
#include <tuple>
#include <vector>

namespace {

using OptionalTensor = c10::optional<at::Tensor>;
using Result = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

constexpr int64_t part = 1 << 14;  // values worth a thread

// One image [pixels, channels] at a time; sums are over pixels, one for each channel, and begin at 0.

VECTORIZED void add_values(const float* x, int64_t pixels, int64_t channels, float* sums) {
    for (; pixels > 0; pixels--, x += channels)
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) sums[c] += x[c];
}

VECTORIZED void add_squares(const float* x, int64_t pixels, int64_t channels, const float* center, float* sums) {
    for (; pixels > 0; pixels--, x += channels)
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) sums[c] += (x[c] - center[c]) * (x[c] - center[c]);
}

VECTORIZED void scale_and_shift(const float* x, int64_t pixels, int64_t channels, const float* scale, const float* shift, float* y) {
    for (; pixels > 0; pixels--, x += channels, y += channels)
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) y[c] = x[c] * scale[c] + shift[c];
}

VECTORIZED void add_gradients(const float* x, const float* gradient, int64_t pixels, int64_t channels, const float* center, float* products,
                              float* sums) {
    for (; pixels > 0; pixels--, x += channels, gradient += channels)
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) {
            products[c] += gradient[c] * (x[c] - center[c]);
            sums[c] += gradient[c];
        }
}

VECTORIZED void combine(const float* x, const float* gradient, int64_t pixels, int64_t channels, const float* center, const float* scale,
                        const float* slope, const float* shift, float* result) {
    for (; pixels > 0; pixels--, x += channels, gradient += channels, result += channels)
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) result[c] = gradient[c] * scale[c] + (x[c] - center[c]) * slope[c] + shift[c];
}

bool applies(const at::Tensor& input, const OptionalTensor& weight) {
    return input.dim() == 4 && input.numel() > 0 && input.scalar_type() == at::kFloat && weight && weight->defined() &&
           weight->scalar_type() == at::kFloat && weight->is_contiguous() && input.is_contiguous(at::MemoryFormat::ChannelsLast) &&
           !input.is_contiguous();
}

// input [rows, channels, height, width]; gives the result, and of each row and group the mean and one over the deviation.
Result native_group_norm(const at::Tensor& input, const OptionalTensor& weight, const OptionalTensor& bias, int64_t rows, int64_t channels,
                         int64_t pixels, int64_t groups, double eps) {
    if (!applies(input, weight) || !bias || !bias->defined() || bias->scalar_type() != at::kFloat || !bias->is_contiguous())
        return at::native::native_group_norm(input, weight, bias, rows, channels, pixels, groups, eps);
    auto result = at::empty_like(input), mean = at::empty({rows, groups}, input.options()), rstd = at::empty({rows, groups}, input.options());
    const auto x = input.data_ptr<float>(), w = weight->data_ptr<float>(), b = bias->data_ptr<float>();
    const auto y = result.data_ptr<float>(), means = mean.data_ptr<float>(), rstds = rstd.data_ptr<float>();
    const auto members = channels / groups, size = channels * pixels;
    at::parallel_for(0, rows, part / size + 1, [&](int64_t first, int64_t end) {
        std::vector<float> sums(channels), center(channels), scale(channels), shift(channels);
        const auto mean_of = [&](int64_t g) {
            double total = 0;
            for (int64_t k = 0; k < members; k++) total += sums[g * members + k];
            return total / (double(members) * pixels);
        };
        for (auto row = first; row < end; row++) {
            const auto image = x + row * size;
            std::fill(sums.begin(), sums.end(), 0.f);
            add_values(image, pixels, channels, sums.data());
            for (int64_t g = 0; g < groups; g++) std::fill_n(center.begin() + g * members, members, means[row * groups + g] = float(mean_of(g)));
            std::fill(sums.begin(), sums.end(), 0.f);
            add_squares(image, pixels, channels, center.data(), sums.data());
            for (int64_t g = 0; g < groups; g++) rstds[row * groups + g] = float(1 / std::sqrt(mean_of(g) + eps));
            for (int64_t c = 0; c < channels; c++) {
                scale[c] = w[c] * rstds[row * groups + c / members];
                shift[c] = b[c] - center[c] * scale[c];
            }
            scale_and_shift(image, pixels, channels, scale.data(), shift.data(), y + row * size);
        }
    });
    return {result, mean, rstd};
}

// Gives the gradients of input, weight and bias. With r one over the deviation of a group of n values, m their mean and d the gradient times
// the weight: r d - r sum(d) / n - r^3 (x - m) sum(d (x - m)) / n.
Result native_group_norm_backward(const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& mean, const at::Tensor& rstd,
                                  const OptionalTensor& weight, int64_t rows, int64_t channels, int64_t pixels, int64_t groups,
                                  std::array<bool, 3> wanted) {
    if (!applies(input, weight) || gradient.scalar_type() != at::kFloat)
        return at::native::native_group_norm_backward(gradient, input, mean, rstd, weight, rows, channels, pixels, groups, wanted);
    const auto ordered = gradient.contiguous(at::MemoryFormat::ChannelsLast);
    auto result = at::empty_like(input), weights = at::empty({channels}, input.options()), biases = at::empty({channels}, input.options());
    const auto x = input.data_ptr<float>(), g = ordered.data_ptr<float>(), w = weight->data_ptr<float>();
    const auto means = mean.data_ptr<float>(), rstds = rstd.data_ptr<float>(), values = result.data_ptr<float>();
    const auto members = channels / groups, size = channels * pixels;
    // Of each row and channel, so that the sums over rows do not depend on who computed which.
    std::vector<float> products(rows * channels), sums(rows * channels);
    at::parallel_for(0, rows, part / size + 1, [&](int64_t first, int64_t end) {
        std::vector<float> center(channels), scale(channels), slope(channels), shift(channels);
        for (auto row = first; row < end; row++) {
            const auto product = products.data() + row * channels, sum = sums.data() + row * channels;
            for (int64_t c = 0; c < channels; c++) center[c] = means[row * groups + c / members];
            add_gradients(x + row * size, g + row * size, pixels, channels, center.data(), product, sum);
            for (int64_t group = 0; group < groups; group++) {
                const double r = rstds[row * groups + group], n = double(members) * pixels;
                double weighted_product = 0, weighted_sum = 0;
                for (auto c = group * members; c < (group + 1) * members; c++) {
                    weighted_product += double(w[c]) * product[c];
                    weighted_sum += double(w[c]) * sum[c];
                }
                for (auto c = group * members; c < (group + 1) * members; c++) {
                    scale[c] = float(r * w[c]);
                    slope[c] = float(-r * r * r * weighted_product / n);
                    shift[c] = float(-r * weighted_sum / n);
                    product[c] *= float(r);
                }
            }
            combine(x + row * size, g + row * size, pixels, channels, center.data(), scale.data(), slope.data(), shift.data(),
                    values + row * size);
        }
    });
    const auto add_rows = [&](const std::vector<float>& of_rows, at::Tensor& total) {
        std::vector<double> exact(channels);
        for (int64_t i = 0; i < rows * channels; i++) exact[i % channels] += of_rows[i];
        std::copy(exact.begin(), exact.end(), total.data_ptr<float>());
    };
    add_rows(products, weights);
    add_rows(sums, biases);
    return {wanted[0] ? result : at::Tensor(), wanted[1] ? weights : at::Tensor(), wanted[2] ? biases : at::Tensor()};
}

const auto forwards = replace_kernel("native_group_norm", native_group_norm, __FILE__, __LINE__);
const auto backwards = replace_kernel("native_group_norm_backward", native_group_norm_backward, __FILE__, __LINE__);

}  // namespace
