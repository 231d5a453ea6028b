using System.Numerics.Tensors;

namespace Samples.Maps;

/// <summary>How likely each point would pick each other one as its neighbour: the P of t-SNE (van der Maaten and Hinton 2008).</summary>
public static class Neighbourhoods
{
    /// <param name="perplexity">About how many neighbours each point has; the width of its Gaussian follows from it.</param>
    /// <returns>
    /// [n x n], row by row: p_ij = (p_j|i + p_i|j) / 2n, with p_j|i of equation 1. Symmetric, zero on the diagonal, of sum 1.
    /// </returns>
    public static float[] Of(IReadOnlyList<float[]> points, double perplexity)
    {
        var n = points.Count;
        var conditional = new float[n * n];
        Parallel.For(0, n, i =>
        {
            var distances = new double[n];
            for (var j = 0; j < n; j++)
                if (TensorPrimitives.Distance<float>(points[i], points[j]) is var distance)
                    distances[j] = distance * (double)distance;
            Fill(conditional.AsSpan(i * n, n), distances, i, Math.Log(perplexity));
        });

        var joint = new float[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                joint[i * n + j] = (conditional[i * n + j] + conditional[j * n + i]) / (2f * n);
        return joint;
    }

    /// <summary>Finds, by bisection, the precision at which the entropy of the row is the logarithm of the perplexity.</summary>
    static void Fill(Span<float> row, double[] distances, int self, double entropy)
    {
        var nearest = distances.Where((_, j) => j != self).Min();
        var (low, high, precision) = (0.0, double.PositiveInfinity, 1 / (distances.Average() + 1e-12));
        for (var step = 0; step < 100; step++)
        {
            var (sum, weighted) = (0.0, 0.0);
            for (var j = 0; j < distances.Length; j++)
            {
                // Measured from the nearest, so that one weight is 1 whatever the scale of the points.
                var weight = j == self ? 0 : Math.Exp(-precision * (distances[j] - nearest));
                row[j] = (float)weight;
                sum += weight;
                weighted += weight * (distances[j] - nearest);
            }
            for (var j = 0; j < row.Length; j++)
                row[j] = (float)(row[j] / sum);
            var excess = Math.Log(sum) + precision * weighted / sum - entropy;
            if (Math.Abs(excess) < 1e-5)
                break;
            (low, high) = excess > 0 ? (precision, high) : (low, precision);
            precision = double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
        }
    }
}
