// The updates of Adam and AdamW in one pass over memory.

#include <ATen/Parallel.h>

#include <cmath>

#include "shim.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif

namespace {

struct AdamStep {
    float beta1, one_minus_beta1, beta2, one_minus_beta2;
    float weight_decay;  // added to the gradient (Adam)
    float shrink;        // multiplies the parameter first (AdamW: 1 - lr * weight_decay)
    float inverse_root_correction2, eps, step_size, sign;
};

VECTORISED void adam_kernel(float* __restrict p, const float* __restrict g, float* __restrict m, float* __restrict v,
                            float* __restrict vmax, int64_t n, const AdamStep s) {
    if (vmax) {
        for (int64_t k = 0; k < n; k++) {
            float x = p[k] * s.shrink;
            const float gradient = s.sign * g[k] + s.weight_decay * x;
            m[k] = m[k] * s.beta1 + s.one_minus_beta1 * gradient;
            v[k] = v[k] * s.beta2 + s.one_minus_beta2 * gradient * gradient;
            vmax[k] = vmax[k] > v[k] ? vmax[k] : v[k];
            p[k] = x - s.step_size * (m[k] / (__builtin_sqrtf(vmax[k]) * s.inverse_root_correction2 + s.eps));
        }
    } else {
        for (int64_t k = 0; k < n; k++) {
            float x = p[k] * s.shrink;
            const float gradient = s.sign * g[k] + s.weight_decay * x;
            m[k] = m[k] * s.beta1 + s.one_minus_beta1 * gradient;
            v[k] = v[k] * s.beta2 + s.one_minus_beta2 * gradient * gradient;
            p[k] = x - s.step_size * (m[k] / (__builtin_sqrtf(v[k]) * s.inverse_root_correction2 + s.eps));
        }
    }
}

bool plain(Handle t, Handle like) {
    return t->device().is_cpu() && t->layout() == c10::kStrided && t->is_contiguous() && t->numel() == like->numel() &&
           c10::typeMetaToScalarType(t->dtype()) == at::kFloat;
}
float* floats(Handle t) { return static_cast<float*>(borrow(t).data_ptr()); }

}  // namespace

// One Adam or AdamW update of one parameter in a single pass over memory. *done is 0, and nothing changed, where the
// tensors are not contiguous single-precision CPU tensors: the caller then composes the step from operators.
EXPORT const char* ts_adam(Handle p, Handle m, Handle v, Handle vmax, int64_t step, double lr, double beta1, double beta2, double eps,
                           double weight_decay, int32_t decoupled, int32_t maximize, int32_t* done) {
    return guarded([&] {
        *done = 0;
        auto grad = borrow(p).grad();
        if (!grad.defined()) return;
        auto g = grad.unsafeGetTensorImpl();
        if (!plain(p, p) || !plain(g, p) || !plain(m, p) || !plain(v, p) || (vmax && !plain(vmax, p))) return;
        const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
        const AdamStep s{static_cast<float>(beta1), static_cast<float>(1 - beta1), static_cast<float>(beta2), static_cast<float>(1 - beta2),
                         decoupled ? 0.0f : static_cast<float>(weight_decay),
                         decoupled ? static_cast<float>(1 - lr * weight_decay) : 1.0f,
                         static_cast<float>(1 / std::sqrt(correction2)), static_cast<float>(eps), static_cast<float>(lr / correction1),
                         maximize ? -1.0f : 1.0f};
        float *pp = floats(p), *pg = floats(g), *pm = floats(m), *pv = floats(v), *px = vmax ? floats(vmax) : nullptr;
        at::parallel_for(0, p->numel(), 1 << 15, [&](int64_t begin, int64_t end) {
            adam_kernel(pp + begin, pg + begin, pm + begin, pv + begin, px ? px + begin : nullptr, end - begin, s);
        });
        borrow(p).unsafeGetTensorImpl()->bump_version();
        *done = 1;
    });
}
