namespace Microsoft.ML.Data;

public class BinaryClassificationMetrics
{
    public double AreaUnderRocCurve { get; }
    public double Accuracy { get; }
    public double PositivePrecision => ConfusionMatrix.PerClassPrecision[0];
    public double PositiveRecall => ConfusionMatrix.PerClassRecall[0];
    public double NegativePrecision => ConfusionMatrix.PerClassPrecision[1];
    public double NegativeRecall => ConfusionMatrix.PerClassRecall[1];
    public double F1Score
        => PositivePrecision + PositiveRecall == 0 ? 0 : 2 * PositivePrecision * PositiveRecall / (PositivePrecision + PositiveRecall);
    public double AreaUnderPrecisionRecallCurve { get; }
    public ConfusionMatrix ConfusionMatrix { get; }

    internal BinaryClassificationMetrics(
        double areaUnderRocCurve, double accuracy, double areaUnderPrecisionRecallCurve, ConfusionMatrix confusionMatrix)
    {
        AreaUnderRocCurve = areaUnderRocCurve;
        Accuracy = accuracy;
        AreaUnderPrecisionRecallCurve = areaUnderPrecisionRecallCurve;
        ConfusionMatrix = confusionMatrix;
    }

    private protected BinaryClassificationMetrics(BinaryClassificationMetrics other)
        : this(other.AreaUnderRocCurve, other.Accuracy, other.AreaUnderPrecisionRecallCurve, other.ConfusionMatrix)
    {
    }
}

public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    public double LogLoss { get; }
    public double LogLossReduction { get; }
    public double Entropy { get; }

    internal CalibratedBinaryClassificationMetrics(BinaryClassificationMetrics core, double logLoss, double logLossReduction, double entropy)
        : base(core)
    {
        LogLoss = logLoss;
        LogLossReduction = logLossReduction;
        Entropy = entropy;
    }
}
