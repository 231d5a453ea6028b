using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(ClusteringPredictionTransformer), null,
    typeof(SignatureLoadModel), "", ClusteringPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>PredictedLabel (a key: the cluster of the lowest score) and Score (the distance to each cluster).</summary>
public sealed class ClusteringPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    internal ClusteringPredictionTransformer(IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn)
        : base(env.Register(nameof(ClusteringPredictionTransformer)), model, inputSchema, featureColumn)
    {
    }

    private protected override string Task => AnnotationUtils.Const.ScoreColumnKind.Clustering;

    private protected override void AddColumns(ScoreColumns columns)
    {
        columns.AddPredictedLabel(DefaultColumnNames.PredictedLabel, new KeyDataViewType(typeof(uint), Scoring.ScoreSize), scorer => scorer.KeyOfLowest);
        columns.AddScoreVector(DefaultColumnNames.Score, Scoring.ScoreSize);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(PredictionModels.Version("CLUSPRED", ClusteringPredictionTransformer.LoaderSignature));
        PredictionModels.Save(ctx, Model, TrainSchema, FeatureColumnName);
    }
}

static class ClusteringPredictionTransformer
{
    public const string LoaderSignature = "ClusteringPredXfer";

    internal static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(PredictionModels.Version("CLUSPRED", LoaderSignature));
        return PredictionModels.Create(env, ctx, typeof(ClusteringPredictionTransformer<>), () => []);
    }
}
