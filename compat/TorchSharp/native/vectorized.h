// Functions that are compiled for several instruction sets and chosen among when they are loaded.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif
#define INLINE static inline __attribute__((always_inline))

// exp by reduction to [-ln 2 / 2, ln 2 / 2] and a polynomial (Cephes), in a form that the compiler makes vectors of. Error below 2 ulp.
INLINE float exponential(float x) {
    x = x > 88.f ? 88.f : x;
    x = x < -87.f ? -87.f : x;
    const float shifted = x * 1.44269504f + 12582912.f;  // 1.5 * 2^23: the sum's last bits are the nearest whole number
    const float whole = shifted - 12582912.f;
    const float r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.f;
    const auto exponent = static_cast<uint32_t>(std::bit_cast<int32_t>(shifted) - 0x4B400000 + 127) << 23;
    return p * std::bit_cast<float>(exponent);
}
INLINE float sigmoid(float x) { return 1.f / (1.f + exponential(-x)); }
INLINE float hyperbolic(float x) { return 2.f / (1.f + exponential(-2.f * x)) - 1.f; }
