using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using ScoreKind = Microsoft.ML.Data.AnnotationUtils.Const.ScoreColumnKind;
using ValueKind = Microsoft.ML.Data.AnnotationUtils.Const.ScoreValueKind;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(BinaryPredictionTransformer), null,
    typeof(SignatureLoadModel), "", BinaryPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>PredictedLabel (whether the thresholded column is above the threshold), Score, and the Probability of a calibrated model.</summary>
public sealed class BinaryPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    internal readonly float Threshold;
    internal readonly string ThresholdColumn;

    internal BinaryPredictionTransformer(
        IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn,
        float threshold = 0, string thresholdColumn = DefaultColumnNames.Score)
        : base(env.Register(nameof(BinaryPredictionTransformer)), model, inputSchema, featureColumn)
    {
        Host.CheckNonEmpty(thresholdColumn, nameof(thresholdColumn));
        Threshold = threshold;
        ThresholdColumn = thresholdColumn;
    }

    private protected override string Task => ScoreKind.BinaryClassification;

    private protected override void AddColumns(ScoreColumns columns)
        => ThresholdedScore.AddColumns(columns, Model as ICalibratedScoringModel, Threshold, ThresholdColumn);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(PredictionModels.Version("BIN PRED", BinaryPredictionTransformer.LoaderSignature));
        PredictionModels.Save(ctx, Model, TrainSchema, FeatureColumnName);
        ctx.Writer.Write(Threshold);
        ctx.SaveNonEmptyString(ThresholdColumn);
    }
}

static class BinaryPredictionTransformer
{
    public const string LoaderSignature = "BinaryPredXfer";

    internal static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(PredictionModels.Version("BIN PRED", LoaderSignature));
        return PredictionModels.Create(env, ctx, typeof(BinaryPredictionTransformer<>), () => [ctx.Reader.ReadSingle(), ctx.LoadNonEmptyString()]);
    }
}

/// <summary>The columns of two-class scorers and of anomaly detectors.</summary>
static class ThresholdedScore
{
    public static void AddColumns(ScoreColumns columns, ICalibratedScoringModel calibrated, float threshold, string thresholdColumn)
    {
        var byProbability = calibrated != null && thresholdColumn == DefaultColumnNames.Probability;
        columns.AddPredictedLabel(DefaultColumnNames.PredictedLabel, BooleanDataViewType.Instance,
            scorer => (byProbability ? calibrated.PredictProbability(scorer.Score) : scorer.Score) > threshold);
        columns.AddScalar(DefaultColumnNames.Score, ValueKind.Score, scorer => scorer.Score);
        if (calibrated != null)
        {
            columns.AddScalar(DefaultColumnNames.Probability, ValueKind.Probability, scorer => calibrated.PredictProbability(scorer.Score),
                annotations => annotations.Add(Kinds.IsNormalized, BooleanDataViewType.Instance, (ref bool value) => value = true));
        }
    }
}
