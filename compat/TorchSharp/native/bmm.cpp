// Debian's libtorch, which has no MKL, multiplies the matrices of a batch one by one through some ten operators each. Attention is made
// of such products of small matrices, so here BLAS is called for each at once. Not built where libtorch brings its own BLAS.

#include "replace_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>

extern "C" void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k, const float* alpha, const float* a,
                       const int* lda, const float* b, const int* ldb, const float* beta, float* c, const int* ldc);

namespace {

// Matrices as BLAS takes them: the values of each row side by side, or those of each column.
struct Operand {
    at::Tensor matrices;
    const char* transposed = "N";
    int leading;

    explicit Operand(const at::Tensor& tensor) : matrices(tensor) {
        const auto fits = [&](int along, int across) {
            return matrices.stride(along) == 1 && matrices.stride(across) >= matrices.size(along) && matrices.stride(across) <= INT32_MAX;
        };
        if (!fits(2, 1) && fits(1, 2)) {
            transposed = "T";
        } else if (!fits(2, 1)) {
            matrices = matrices.contiguous();
        }
        leading = static_cast<int>(matrices.stride(*transposed == 'T' ? 2 : 1));
    }

    const float* operator[](int64_t k) const { return matrices.data_ptr<float>() + k * matrices.stride(0); }
};

bool applies(const at::Tensor& a, const at::Tensor& b) {
    constexpr int64_t most = INT32_MAX;
    return a.dim() == 3 && b.dim() == 3 && a.size(0) == b.size(0) && a.size(2) == b.size(1) && a.numel() > 0 && b.numel() > 0 &&
           a.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat && a.numel() < most && b.numel() < most;
}

// a [batch, m, k], b [batch, k, n]; result [batch, m, n]
at::Tensor bmm(const at::Tensor& a, const at::Tensor& b) {
    if (!applies(a, b)) {
        auto result = at::empty({0}, a.options());
        return at::bmm_out(result, a, b);
    }
    const auto batch = a.size(0);
    const int m = a.size(1), k = a.size(2), n = b.size(2);
    const Operand left(a), right(b);
    auto result = at::empty({batch, m, n}, a.options());
    const auto values = result.data_ptr<float>();
    constexpr int64_t part = 1 << 16;  // multiplications worth a thread
    at::parallel_for(0, batch, part / (int64_t(m) * n * k) + 1, [&](int64_t first, int64_t end) {
        constexpr float one = 1, zero = 0;
        // BLAS counts columns first, hence the operands in the other order.
        for (auto i = first; i < end; i++)
            sgemm_(right.transposed, left.transposed, &n, &m, &k, &one, right[i], &right.leading, left[i], &left.leading, &zero,
                   values + i * m * n, &n);
    });
    return result;
}

const auto library = replace_kernel("bmm", bmm, __FILE__, __LINE__);

}  // namespace
