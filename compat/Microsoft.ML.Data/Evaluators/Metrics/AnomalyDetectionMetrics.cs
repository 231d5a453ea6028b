namespace Microsoft.ML.Data;

public sealed class AnomalyDetectionMetrics
{
    public double AreaUnderRocCurve { get; internal init; }
    public double DetectionRateAtFalsePositiveCount { get; internal init; }

    internal AnomalyDetectionMetrics()
    {
    }
}
