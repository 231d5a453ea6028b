using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>
/// How far two samples lie in each other, judged by balls: each row's reaches to its k-th nearest other row of its own sample. Precision and
/// recall are those of Kynkäänniemi et al. ("Improved Precision and Recall Metric for Assessing Generative Models", NeurIPS 2019, eq. 1-2),
/// density and coverage those of Naeem et al. ("Reliable Fidelity and Diversity Metrics for Generative Models", ICML 2020, eq. 4-5).
/// </summary>
/// <param name="Precision">Share of the generated rows that lie in the ball of a real row, 0 to 1: how many are like real ones.</param>
/// <param name="Recall">Share of the real rows that lie in the ball of a generated row, 0 to 1: how much of the variety is generated.</param>
/// <param name="Density">Real balls that a generated row lies in, in the mean, divided by k: as <paramref name="Precision"/>, but one real
/// outlier with a large ball counts little. At least 0; about 1 for samples of one distribution.</param>
/// <param name="Coverage">Share of the real rows whose ball holds a generated row, 0 to 1: as <paramref name="Recall"/>, but generated outliers
/// do not help. About <c>1 - 2^-k</c> for samples of one distribution and equal size.</param>
sealed record NeighborOverlap(double Precision, double Recall, double Density, double Coverage)
{
    /// <summary>What squared radii are widened by, so that rounding does not decide of rows on the surface of a ball. Features are float32, and
    /// their own rounding is larger.</summary>
    const double Slack = 1e-9;

    /// <summary>Compares two samples. Balls contain their surface, so that copies count as found.</summary>
    /// <param name="real">More than <paramref name="neighbors"/> rows.</param>
    /// <param name="generated">More than <paramref name="neighbors"/> rows, of the same width.</param>
    /// <param name="neighbors">k, at least 1.</param>
    /// <exception cref="ArgumentException">The samples differ in width, or one has too few rows.</exception>
    public static NeighborOverlap Between(FeatureMatrix real, FeatureMatrix generated, int neighbors = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        FeatureMatrix.RequireComparable(real, generated, least: neighbors + 1);
        using var scope = NewDisposeScope();
        var (x, y) = (real.ToTensor(), generated.ToTensor());
        var (realRadii, generatedRadii) = (SquaredRadii(x, neighbors), SquaredRadii(y, neighbors));

        var precise = new bool[generated.Count];
        long inside = 0, recalled = 0, covered = 0;
        PairwiseDistances.Squared(x, y, (i, distances) =>
        {
            double radius = realRadii[i];
            int within = 0;
            bool found = false;
            for (int j = 0; j < distances.Length; j++)
            {
                double distance = distances[j];
                found |= distance <= generatedRadii[j];
                if (distance > radius) continue;
                within++;
                precise[j] = true;
            }
            inside += within;
            recalled += found ? 1 : 0;
            covered += within > 0 ? 1 : 0;
        });
        return new NeighborOverlap(precise.Count(p => p) / (double)generated.Count, recalled / (double)real.Count,
            inside / ((double)neighbors * generated.Count), covered / (double)real.Count);
    }

    /// <summary>The squared distance of each row to its k-th nearest other row, and the slack.</summary>
    static double[] SquaredRadii(Tensor rows, int neighbors)
    {
        // For each row the squared distances of its k nearest so far, rising.
        var nearest = new double[rows.shape[0] * neighbors];
        Array.Fill(nearest, double.PositiveInfinity);
        PairwiseDistances.SquaredWithin(rows, (i, distances) =>
        {
            for (int j = 0; j < distances.Length; j++)
            {
                Insert(i, distances[j]);
                Insert(i + 1 + j, distances[j]);
            }
        });
        return [.. nearest.Where((_, at) => at % neighbors == neighbors - 1).Select(distance => distance * (1 + Slack))];

        void Insert(int row, double distance)
        {
            int first = row * neighbors, place = first + neighbors - 1;
            if (distance >= nearest[place]) return;
            for (; place > first && nearest[place - 1] > distance; place--) nearest[place] = nearest[place - 1];
            nearest[place] = distance;
        }
    }
}
