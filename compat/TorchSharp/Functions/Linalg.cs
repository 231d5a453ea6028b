using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Linear algebra of matrices and batches of matrices.</summary>
    public static class linalg
    {
        public enum QRMode { Reduced = 0, Complete = 1, R = 2 }

        public static Tensor cholesky(Tensor input) => Call("linalg_cholesky", input);
        public static Tensor det(Tensor input) => Call("linalg_det", input);
        public static (Tensor, Tensor) slogdet(Tensor input) => Call2("linalg_slogdet", input);
        public static Tensor inv(Tensor input) => Call("linalg_inv", input);
        public static Tensor pinv(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) =>
            Call("linalg_pinv.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor solve(Tensor A, Tensor B, bool left = true) => Call("linalg_solve", A, B, left);
        public static (Tensor, Tensor, Tensor) svd(Tensor input, bool fullMatrices = true) => Call3("linalg_svd", input, fullMatrices);
        public static Tensor svdvals(Tensor input) => Call("linalg_svdvals", input);
        public static (Tensor, Tensor) qr(Tensor input, QRMode mode = QRMode.Reduced) =>
            Call2("linalg_qr", input, mode.ToString().ToLowerInvariant());
        public static (Tensor, Tensor) eigh(Tensor input, char UPLO = 'L') => Call2("linalg_eigh", input, UPLO.ToString());
        public static Tensor eigvalsh(Tensor input, char UPLO = 'L') => Call("linalg_eigvalsh", input, UPLO.ToString());
        public static Tensor matrix_rank(Tensor input, double? atol = null, double? rtol = null, bool hermitian = false) =>
            Call("linalg_matrix_rank.atol_rtol_float", input, atol, rtol, hermitian);
        public static Tensor norm(Tensor input, string ord, long[] dims = null, bool keepdim = false) =>
            Call("linalg_norm.ord_str", input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, double ord, long[] dims = null, bool keepdim = false) =>
            Call("linalg_norm", input, ord, dims, keepdim);
        public static Tensor norm(Tensor input, long[] dims = null, bool keepdim = false) =>
            Call("linalg_norm", input, default, dims, keepdim);
    }

    /// <summary>Special functions.</summary>
    public static class special
    {
        public static Tensor erf(Tensor input) => Call("special_erf", input);
        public static Tensor erfc(Tensor input) => Call("special_erfc", input);
        public static Tensor erfinv(Tensor input) => Call("special_erfinv", input);
        public static Tensor expit(Tensor input) => Call("special_expit", input);
        public static Tensor logit(Tensor input) => Call("special_logit", input);
        public static Tensor gammaln(Tensor input) => Call("special_gammaln", input);
        public static Tensor digamma(Tensor input) => Call("special_digamma", input);
        public static Tensor ndtr(Tensor input) => Call("special_ndtr", input);
    }
}
