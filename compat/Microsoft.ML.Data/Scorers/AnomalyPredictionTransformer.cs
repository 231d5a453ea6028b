using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(AnomalyPredictionTransformer), null,
    typeof(SignatureLoadModel), "", AnomalyPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>PredictedLabel (whether the score is above the threshold) and Score.</summary>
public sealed class AnomalyPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    internal readonly float Threshold;
    internal readonly string ThresholdColumn;

    internal AnomalyPredictionTransformer(
        IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn,
        float threshold = 0.5f, string thresholdColumn = DefaultColumnNames.Score)
        : base(env.Register(nameof(AnomalyPredictionTransformer)), model, inputSchema, featureColumn)
    {
        Host.CheckNonEmpty(thresholdColumn, nameof(thresholdColumn));
        Threshold = threshold;
        ThresholdColumn = thresholdColumn;
    }

    // As in the real one: the columns of a detector say that they are those of a classifier.
    private protected override string Task => AnnotationUtils.Const.ScoreColumnKind.BinaryClassification;

    private protected override void AddColumns(ScoreColumns columns)
        => ThresholdedScore.AddColumns(columns, null, Threshold, ThresholdColumn);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(PredictionModels.Version("ANOMPRED", AnomalyPredictionTransformer.LoaderSignature));
        PredictionModels.Save(ctx, Model, TrainSchema, FeatureColumnName);
        ctx.Writer.Write(Threshold);
        ctx.SaveNonEmptyString(ThresholdColumn);
    }
}

static class AnomalyPredictionTransformer
{
    public const string LoaderSignature = "AnomalyPredXfer";

    internal static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(PredictionModels.Version("ANOMPRED", LoaderSignature));
        return PredictionModels.Create(env, ctx, typeof(AnomalyPredictionTransformer<>), () => [ctx.Reader.ReadSingle(), ctx.LoadNonEmptyString()]);
    }
}
