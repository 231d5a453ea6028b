namespace Extensions.ML;

/// <summary>How good a classifier is on real rows when it was trained on synthetic ones, beside the same trained on real ones (Esteban et al.,
/// "Real-valued (Medical) Time Series Generation with Recurrent Conditional GANs", 2017, section 3.1).</summary>
/// <param name="TrainedOnReal">The classifier that was trained on real rows.</param>
/// <param name="TrainedOnSynthetic">The classifier that was trained on synthetic rows.</param>
public sealed record TrainOnSyntheticMetrics(ClassifierQuality TrainedOnReal, ClassifierQuality TrainedOnSynthetic)
{
    /// <summary>What training on synthetic rows costs: the accuracy trained on real rows less that trained on synthetic ones.</summary>
    public double AccuracyLoss => TrainedOnReal.Accuracy - TrainedOnSynthetic.Accuracy;
}

/// <summary>How good a classifier is on test rows, as ML.NET's evaluators say.</summary>
/// <param name="Accuracy">Share of the rows told rightly, 0 to 1. A row whose class did not occur in training counts as wrong.</param>
/// <param name="AreaUnderRocCurve">Of two classes by one score; <see langword="null"/> where there is a score for each class.</param>
public sealed record ClassifierQuality(double Accuracy, double? AreaUnderRocCurve);
