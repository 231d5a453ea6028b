using System;
using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Call("sum", this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => Call("sum.dim_IntList", this, dim, keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Call("sum.dim_IntList", this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            Call("sum.dim_IntList", this, dim, keepdim, type);
        public Tensor nansum() => Call("nansum", this);
        public Tensor mean() => Call("mean", this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Call("mean.dim", this, dimensions, keepdim, type);
        public Tensor prod(ScalarType? type = null) => Call("prod", this, type);
        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Call("prod.dim_int", this, dim, keepdim, type);

        public Tensor std(bool unbiased = true) => Call("std", this, unbiased);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(Call("std.dim", this, dim, unbiased, keepdim), type);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(Call("std.dim", this, dimensions, unbiased, keepdim), type);
        public Tensor var(bool unbiased = true) => Call("var", this, true); // the real library takes no notice of its argument
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(Call("var.dim", this, dim, unbiased, keepdim), type);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(Call("var.dim", this, dimensions, unbiased, keepdim), type);
        public (Tensor, Tensor) std_mean(bool unbiased = true) => Call2("std_mean", this, unbiased);
        public (Tensor, Tensor) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Call2("std_mean.dim", this, dim, unbiased, keepdim);
        static Tensor As(Tensor result, ScalarType? type) => type is { } t && t != result.dtype ? result.to(t, disposeAfter: true) : result;

        public Tensor max() => Call("max", this);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Call2("max.dim", this, dim, keepdim);
        public Tensor min() => Call("min", this);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Call2("min.dim", this, dim, keepdim);
        public Tensor amax(params long[] dims) => Call("amax", this, dims);
        public Tensor amin(params long[] dims) => Call("amin", this, dims);
        public Tensor argmax() => Call("argmax", this);
        public Tensor argmax(long dim, bool keepdim = false) => Call("argmax", this, dim, keepdim);
        public Tensor argmin() => Call("argmin", this);
        public Tensor argmin(long dim, bool keepdim = false) => Call("argmin", this, dim, keepdim);
        public Tensor all() => Call("all", this);
        public Tensor all(long dim, bool keepdim = false) => Call("all.dim", this, dim, keepdim);
        public Tensor any() => Call("any", this);
        public Tensor any(long dim, bool keepdim = false) => Call("any.dim", this, dim, keepdim);
        public Tensor count_nonzero(long[] dims = null) =>
            dims is null ? Call("count_nonzero", this) : Call("count_nonzero.dim_IntList", this, dims);

        public Tensor logsumexp(long dim, bool keepdim = false) => Call("logsumexp", this, dim, keepdim);
        public Tensor cumsum(long dim, ScalarType? type = null) => Call("cumsum", this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => Call("cumprod", this, dim, type);
        public Tensor logcumsumexp(long dim) => Call("logcumsumexp", this, dim);
        public Tensor diff(long n = 1, long dim = -1, Tensor prepend = null, Tensor append = null) =>
            Call("diff", this, n, dim, prepend, append);
        public Tensor norm(float p = 2) => Call("norm.Scalar", this, (double)p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2) => Call("norm.ScalarOpt_dim", this, (double)p, dim, keepdim);
        public Tensor dist(Tensor other, float p = 2) => Call("dist", this, other, (double)p);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Call2("topk", this, k, dim, largest, sorted);
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Call2("sort.stable", this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => Call("argsort", this, dim, descending);
        public Tensor msort() => Call("msort", this);
        public Tensor median() => Call("median", this);
        public (Tensor values, Tensor indices) mode(long dim = -1L, bool keepdim = false) => Call2("mode", this, dim, keepdim);
        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) =>
            Call2("kthvalue", this, k, dim ?? -1, keepdim);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Call("quantile", this, q, dim, keepdim);
        public Tensor nanquantile(Tensor q, long dim = -1, bool keepdim = false) => Call("nanquantile", this, q, dim, keepdim);
        public (Tensor output, Tensor inverse_indices, Tensor counts) unique(bool sorted = true, bool return_inverse = false,
            bool return_counts = false, int? dim = null)
        {
            var (output, inverse, counts) = dim is { } d
                ? Call3("unique_dim", this, d, sorted, return_inverse, return_counts)
                : Call3("_unique2", this, sorted, return_inverse, return_counts);
            return (output, return_inverse ? inverse : null, return_counts ? counts : null);
        }
        public Tensor bincount(Tensor weights, long minlength = 0) => Call("bincount", this, weights, minlength);
        public Tensor histc(long bins = 100, long min = 0, long max = 0) => Call("histc", this, bins, min, max);
        public Tensor cov(long correction = 1, Tensor fweights = null, Tensor aweights = null) =>
            Call("cov", this, correction, fweights, aweights);
        public Tensor corrcoef() => Call("corrcoef", this);
    }
}
