// Libtorch draws the mask of dropout number by number, at some seven nanoseconds each; here the generator gives one seed, and every element
// a hash of that seed and its place, which the compiler makes vectors of. Not built where libtorch brings its own BLAS.

#include "replace_kernel.h"
#include "vectorized.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/native_dropout_backward_native.h>
#include <ATen/ops/native_dropout_native.h>

#include <mutex>
#include <tuple>

namespace {

constexpr int64_t part = 1 << 15;  // values worth a thread

uint64_t draw_seed() {
    auto generator = at::detail::getDefaultCPUGenerator();
    std::lock_guard<std::mutex> lock(generator.mutex());
    return generator.get<at::CPUGeneratorImpl>()->random64();
}

// An element stays where its hash (Wellons' "lowbias32", the seed's halves mixed in before each of its rounds) is not below the share to drop.
VECTORIZED void drop(int64_t first, int64_t end, uint64_t seed, uint32_t share, float scale, const float* x, float* y, bool* mask) {
    const auto low = static_cast<uint32_t>(seed), high = static_cast<uint32_t>(seed >> 32);
#pragma omp simd
    for (int64_t i = first; i < end; i++) {
        auto h = static_cast<uint32_t>(i) * 0x9E3779B9u + low;
        h ^= h >> 16;
        h *= 0x7FEB352Du;
        h ^= high;
        h ^= h >> 15;
        h *= 0x846CA68Bu;
        h ^= h >> 16;
        const bool kept = h >= share;
        mask[i] = kept;
        y[i] = kept ? x[i] * scale : 0.f;
    }
}

VECTORIZED void pass(int64_t first, int64_t end, float scale, const float* gradient, const bool* mask, float* result) {
#pragma omp simd
    for (int64_t i = first; i < end; i++) result[i] = mask[i] ? gradient[i] * scale : 0.f;
}

bool applies(const at::Tensor& input) {
    return input.scalar_type() == at::kFloat && input.is_non_overlapping_and_dense() && input.numel() > 0 && input.numel() < UINT32_MAX;
}

// Gives the result, and which elements stayed.
std::tuple<at::Tensor, at::Tensor> native_dropout(const at::Tensor& input, double p, c10::optional<bool> train) {
    if (!applies(input) || !train.value_or(true) || p <= 0 || p >= 1) return at::native::native_dropout_cpu(input, p, train);
    auto result = at::empty_like(input), mask = at::empty_like(input, input.options().dtype(at::kBool));
    const auto seed = draw_seed();
    const auto share = static_cast<uint32_t>(p * 4294967296.0);
    const auto x = input.data_ptr<float>();
    const auto y = result.data_ptr<float>();
    const auto kept = mask.data_ptr<bool>();
    at::parallel_for(0, input.numel(), part, [&](int64_t first, int64_t end) { drop(first, end, seed, share, float(1 / (1 - p)), x, y, kept); });
    return {result, mask};
}

at::Tensor native_dropout_backward(const at::Tensor& gradient, const at::Tensor& mask, double scale) {
    if (!applies(gradient) || mask.scalar_type() != at::kBool || mask.strides() != gradient.strides() || mask.sizes() != gradient.sizes())
        return at::native::native_dropout_backward(gradient, mask, scale);
    auto result = at::empty_like(gradient);
    const auto g = gradient.data_ptr<float>();
    const auto kept = mask.data_ptr<bool>();
    const auto values = result.data_ptr<float>();
    at::parallel_for(0, gradient.numel(), part, [&](int64_t first, int64_t end) { pass(first, end, float(scale), g, kept, values); });
    return result;
}

const auto forwards = replace_kernel("native_dropout", native_dropout, __FILE__, __LINE__);
const auto backwards = replace_kernel("native_dropout_backward", native_dropout_backward, __FILE__, __LINE__);

}  // namespace
