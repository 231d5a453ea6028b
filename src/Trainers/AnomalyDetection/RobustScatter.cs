using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Location and scatter of the bulk of points: those of the share of points that lie closest together, found by concentration steps
/// (Rousseeuw and Van Driessen 1999, section 3), each of which keeps the points nearest to the last estimate.
/// </summary>
/// <param name="Centre">[dimensions]</param>
/// <param name="Whitening"><c>(x - Centre) · Whitening</c> has unit scatter: [dimensions, dimensions], or [dimensions], to be multiplied by
/// element, where each dimension is taken for itself.</param>
/// <param name="Bulk">Numbers of the points kept, int64.</param>
sealed record RobustScatter(Tensor Centre, Tensor Whitening, Tensor Bulk)
{
    const double Kept = 2.0 / 3, Ridge = 0.01;
    const int Steps = 6;

    /// <summary>Estimates from points, in float64. The results are of the caller's dispose scope.</summary>
    /// <param name="points">[points, dimensions], at least one. Dimensions in which all are equal are allowed, and so are fewer points than
    /// dimensions: a hundredth of each dimension's variance is added to the scatter.</param>
    /// <param name="coupled">Whether dimensions vary together, or each for itself.</param>
    public static RobustScatter Of(Tensor points, bool coupled)
    {
        using var scope = NewDisposeScope();
        points = points.to(ScalarType.Float64);
        long count = points.shape[0];
        var spread = points.std(0, unbiased: false);
        spread = where(spread > 1e-6, spread, ones_like(spread));
        var scaled = points / spread;
        var bulk = arange(count, dtype: ScalarType.Int64, device: points.device);
        for (int step = 0; ; step++)
        {
            var kept = scaled.index_select(0, bulk);
            var centre = kept.mean([0L]);
            var whitening = coupled ? Couple(kept - centre) : (kept.var(0, unbiased: false) + Ridge).rsqrt();
            if (step == Steps)
            {
                return new RobustScatter((centre * spread).MoveToOuterDisposeScope(),
                    (whitening / (coupled ? spread.unsqueeze(1) : spread)).MoveToOuterDisposeScope(), bulk.MoveToOuterDisposeScope());
            }
            var white = coupled ? (scaled - centre).matmul(whitening) : (scaled - centre) * whitening;
            (_, bulk) = white.square().sum(1).topk((int)Math.Ceiling(Kept * count), largest: false, sorted: false);
        }
    }

    // The inverse of the scatter's Cholesky factor, transposed.
    static Tensor Couple(Tensor deviations)
    {
        long dimensions = deviations.shape[1];
        var scatter = deviations.t().matmul(deviations) / Math.Max(1, deviations.shape[0] - 1);
        return linalg.inv(linalg.cholesky(scatter + Ridge * eye(dimensions, dtype: scatter.dtype, device: scatter.device))).t();
    }
}
