namespace Microsoft.ML;

enum PredictionKind
{
    Unknown = 0, Custom = 1, BinaryClassification = 2, MulticlassClassification = 3, Regression = 4, MultiOutputRegression = 5,
    Ranking = 6, Recommendation = 7, AnomalyDetection = 8, Clustering = 9, SequenceClassification = 10,
}

/// <summary>What a trainer wants of its data.</summary>
public sealed class TrainerInfo
{
    internal TrainerInfo(bool normalization = true, bool calibration = false, bool caching = true) =>
        (NeedNormalization, NeedCalibration, WantCaching) = (normalization, calibration, caching);

    public bool NeedNormalization { get; }
    internal bool NeedCalibration { get; }
    public bool WantCaching { get; }
}
