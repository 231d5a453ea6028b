using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>What every detector of anomalies lets the user set about its decisions and their columns.</summary>
public abstract class DetectorOptions : AutoencoderOptions
{
    private protected DetectorOptions(double contamination, int leastSteps, int leastEpochs, int mostEpochs = 100,
        FeatureScaling automaticScaling = FeatureScaling.Auto) : base(leastSteps, leastEpochs, mostEpochs, automaticScaling) =>
        Contamination = contamination;

    /// <summary>Share of anomalies expected among the training rows, 0 to 0.5. Default 0.05, for series 0.01. Not used where
    /// <see cref="ThresholdQuantile"/> is given.</summary>
    public double Contamination { get; set; }

    /// <summary>Quantile of the training rows' scores that is the threshold, 0 to 1. Default <see langword="null"/>: 1 - <see cref="Contamination"/>.</summary>
    public double? ThresholdQuantile { get; set; }

    /// <summary>Name of the score column. Default "Score".</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>Name of the decision column. Default "PredictedLabel".</summary>
    public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

    /// <exception cref="ArgumentException">A column has no name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A share is out of its range.</exception>
    private protected void CheckDecisions()
    {
        ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(PredictedLabelColumnName);
        CheckShares(Contamination, ThresholdQuantile);
    }

    /// <exception cref="ArgumentOutOfRangeException">A share is out of its range.</exception>
    internal static void CheckShares(double contamination, double? thresholdQuantile)
    {
        ThrowIfOutside(contamination, 0.5, nameof(Contamination));
        ThrowIfOutside(thresholdQuantile ?? 0, 1, nameof(ThresholdQuantile));

        static void ThrowIfOutside(double value, double most, string name)
        {
            if (!(value >= 0 && value <= most))
                throw new ArgumentOutOfRangeException(name, value, $"Expected 0 to {most}.");
        }
    }

    /// <summary>The threshold that the options ask for.</summary>
    /// <param name="scores">The training rows' scores, in any order.</param>
    internal float Threshold(IEnumerable<float> scores) => Threshold(scores, ThresholdQuantile ?? 1 - Contamination);

    /// <summary>A quantile of scores.</summary>
    internal static float Threshold(IEnumerable<float> scores, double quantile) =>
        (float)DetectionThreshold.Quantile([.. scores.Select(score => (double)score).Order()], quantile);
}
