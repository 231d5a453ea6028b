namespace Extensions.ML.Trainers;

/// <summary>Where a detector draws the line between scores.</summary>
public static class DetectionThreshold
{
    /// <summary>The score below which a share of the scores lies: linear between the two nearest ranks (Hyndman and Fan 1996,
    /// definition 7), as NumPy and R have it by default.</summary>
    /// <param name="sorted">The scores in ascending order, at least one.</param>
    /// <param name="quantile">From 0 to 1.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double quantile)
    {
        double place = quantile * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }

    /// <summary>
    /// The threshold at which the decisions agree best with labels: that of the highest <c>F = (1 + β²) P R / (β² P + R)</c> of precision
    /// P and recall R (van Rijsbergen 1979, chapter 7), halfway to the next lower score; the higher threshold where two are equal.
    /// </summary>
    /// <param name="scores">Higher is more anomalous; finite.</param>
    /// <param name="anomalous">Which rows are anomalies; as many as scores, both kinds occurring.</param>
    /// <param name="beta">How much more recall counts than precision, above 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is not finite, or one kind is missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="beta"/> is not above 0.</exception>
    public static float MaximizingF(ReadOnlySpan<float> scores, ReadOnlySpan<bool> anomalous, double beta = 1)
    {
        if (!(beta > 0 && double.IsFinite(beta)))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "Expected a finite number above 0.");
        if (scores.Length != anomalous.Length)
            throw new ArgumentException($"Got {scores.Length} scores and {anomalous.Length} labels; as many are expected.");
        int anomalies = anomalous.Count(true);
        if (anomalies == 0 || anomalies == anomalous.Length)
            throw new ArgumentException(
                $"Got {anomalies} anomalies among {anomalous.Length} rows; a threshold needs at least one anomaly and one normal row.");
        var sorted = scores.ToArray();
        if (Array.FindIndex(sorted, score => !float.IsFinite(score)) is >= 0 and var row)
            throw new ArgumentException($"The score of row {row} is {sorted[row]}; finite scores are expected.");
        var labels = anomalous.ToArray();
        Array.Sort(sorted, labels);

        double best = -1, weight = beta * beta;
        float threshold = sorted[^1];
        int found = 0;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            if (labels[i]) found++;
            if (i > 0 && sorted[i - 1] == sorted[i]) continue;
            double f = (1 + weight) * found / (sorted.Length - i + weight * anomalies);
            if (f <= best) continue;
            best = f;
            // Scores above the threshold are reported, so it lies below this one, also where no float lies between the two.
            threshold = i > 0 ? Math.Min(sorted[i - 1] + (sorted[i] - sorted[i - 1]) / 2, MathF.BitDecrement(sorted[i])) : MathF.BitDecrement(sorted[i]);
        }
        return threshold;
    }
}
