// Debian's libtorch multiplies single-precision matrices by BLAS. Its own dependency oneDNN is 5-12 % faster at large ones,
// so this library, which the loader asks before BLAS, answers for sgemm. Not built where libtorch brings its own BLAS.

#include <dlfcn.h>

#include <cstdint>

extern "C" {

int dnnl_sgemm(char transa, char transb, int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t lda, const float* b,
               int64_t ldb, float beta, float* c, int64_t ldc);

using Sgemm = void (*)(const char*, const char*, const int*, const int*, const int*, const float*, const float*, const int*, const float*,
                       const int*, const float*, float*, const int*);

__attribute__((visibility("default"))) void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
                                                   const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
                                                   const float* beta, float* c, const int* ldc) {
    constexpr int64_t worthwhile = 1 << 19;  // multiplications; below, BLAS starts faster
    // BLAS counts columns first and oneDNN rows, hence the operands in the other order.
    if (int64_t(*m) * *n * *k >= worthwhile &&
        dnnl_sgemm(*transb, *transa, *n, *m, *k, *alpha, b, *ldb, a, *lda, *beta, c, *ldc) == 0)
        return;
    static const auto blas = reinterpret_cast<Sgemm>(dlsym(RTLD_NEXT, "sgemm_"));
    blas(transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
}
