using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Extensions.ML.Generators;

/// <summary>
/// The squared maximum mean discrepancy of two samples under a kernel k: the unbiased estimate of Gretton et al. ("A Kernel Two-Sample Test",
/// JMLR 2012, eq. 3), <c>mean k(x_i, x_j) + mean k(y_i, y_j) - 2 mean k(x_i, y_j)</c>, the first two over i ≠ j. 0 in the mean for samples of
/// one distribution, and so often a little below.
/// </summary>
static class MaximumMeanDiscrepancy
{
    /// <summary>Rows of each sample that the median distance is taken from.</summary>
    const int MedianRows = 1000;

    /// <summary>Under the Gaussian kernel <c>exp(-‖x - y‖² / 2σ²)</c>.</summary>
    /// <param name="real">At least two rows.</param>
    /// <param name="generated">At least two rows, of the same width.</param>
    /// <param name="bandwidth">σ, above 0; see <see cref="MedianDistance"/>.</param>
    /// <exception cref="ArgumentException">The samples differ in width, or one has too few rows.</exception>
    public static double Gaussian(FeatureMatrix real, FeatureMatrix generated, double bandwidth)
    {
        FeatureMatrix.RequireComparable(real, generated, least: 2);
        if (!(bandwidth > 0)) throw new ArgumentOutOfRangeException(nameof(bandwidth), bandwidth, "The bandwidth must be above 0.");
        double factor = -0.5 / (bandwidth * bandwidth);
        using var scope = NewDisposeScope();
        var (x, y) = (real.ToTensor(), generated.ToTensor());
        return Combine(x, y, Sum(visit => PairwiseDistances.SquaredWithin(x, visit)), Sum(visit => PairwiseDistances.SquaredWithin(y, visit)),
            Sum(visit => PairwiseDistances.Squared(x, y, visit)));

        double Sum(Action<PairwiseDistances.RowVisitor> visitAll)
        {
            double sum = 0;
            visitAll((_, distances) =>
            {
                TensorPrimitives.Multiply(distances, factor, distances);
                TensorPrimitives.Exp(distances, distances);
                sum += TensorPrimitives.Sum<double>(distances);
            });
            return sum;
        }
    }

    /// <summary>
    /// Under the polynomial kernel <c>(x · y / d + 1)³</c> of d features: the kernel inception distance, where the features are those of a
    /// network (Bińkowski et al., "Demystifying MMD GANs", ICLR 2018, section 4). No bandwidth is to be chosen, but the features' scale
    /// counts.
    /// </summary>
    /// <exception cref="ArgumentException">The samples differ in width, or one has too few rows.</exception>
    public static double Polynomial(FeatureMatrix real, FeatureMatrix generated)
    {
        FeatureMatrix.RequireComparable(real, generated, least: 2);
        using var scope = NewDisposeScope();
        var (x, y) = (real.ToTensor(), generated.ToTensor());
        return Combine(x, y, Sum(x, x, within: true), Sum(y, y, within: true), Sum(x, y, within: false));

        double Sum(Tensor a, Tensor b, bool within)
        {
            double sum = 0;
            PairwiseDistances.VisitProducts(a, b, within, (_, products) =>
            {
                foreach (double product in products)
                {
                    double value = product / real.Width + 1;
                    sum += value * value * value;
                }
            });
            return sum;
        }
    }

    // The sums within a sample are over the pairs i < j; the kernels are symmetric.
    static double Combine(Tensor x, Tensor y, double withinX, double withinY, double between)
    {
        double m = x.shape[0], n = y.shape[0];
        return 2 * withinX / (m * (m - 1)) + 2 * withinY / (n * (n - 1)) - 2 * between / (m * n);
    }

    /// <summary>
    /// The median distance between two rows of both samples taken together, which is the usual bandwidth of the Gaussian kernel (Gretton et
    /// al., section 8). Of samples of more than 1,000 rows, 1,000 evenly spaced rows are looked at. 1 where most rows are the same.
    /// </summary>
    /// <exception cref="ArgumentException">The samples differ in width, or one has too few rows.</exception>
    public static double MedianDistance(FeatureMatrix real, FeatureMatrix generated)
    {
        FeatureMatrix.RequireComparable(real, generated, least: 1);
        using var scope = NewDisposeScope();
        var pooled = cat([Thin(real), Thin(generated)], 0);
        int count = (int)pooled.shape[0], filled = 0;
        var distances = new double[count * (count - 1) / 2];
        PairwiseDistances.SquaredWithin(pooled, (_, row) =>
        {
            row.CopyTo(distances.AsSpan(filled));
            filled += row.Length;
        });
        Array.Sort(distances);
        double median = Math.Sqrt((distances[(filled - 1) / 2] + distances[filled / 2]) / 2);
        return median > 0 ? median : 1;

        static Tensor Thin(FeatureMatrix sample)
        {
            var rows = sample.ToTensor();
            if (sample.Count <= MedianRows) return rows;
            long[] kept = [.. Enumerable.Range(0, MedianRows).Select(i => (long)i * sample.Count / MedianRows)];
            return rows.index_select(0, tensor(kept));
        }
    }
}
