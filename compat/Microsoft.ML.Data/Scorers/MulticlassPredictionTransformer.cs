using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

[assembly: LoadableClass(typeof(ISingleFeaturePredictionTransformer<object>), typeof(MulticlassPredictionTransformer), null,
    typeof(SignatureLoadModel), "", MulticlassPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>PredictedLabel (a key: the class of the highest score, with the key values of the training label) and Score (one per class).</summary>
public sealed class MulticlassPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    readonly string _labelColumn;
    readonly string _scoreColumn;
    readonly string _predictedLabelColumn;

    internal MulticlassPredictionTransformer(
        IHostEnvironment env, TModel model, DataViewSchema inputSchema, string featureColumn, string labelColumn,
        string scoreColumn = DefaultColumnNames.Score, string predictedLabel = DefaultColumnNames.PredictedLabel)
        : base(env.Register(nameof(MulticlassPredictionTransformer)), model, inputSchema, featureColumn)
    {
        _labelColumn = labelColumn;
        _scoreColumn = scoreColumn;
        _predictedLabelColumn = predictedLabel;
    }

    private protected override string Task => AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification;

    private protected override void AddColumns(ScoreColumns columns)
    {
        var classes = Scoring.ScoreSize;
        // The names of the classes, where the training label had some: of any type, for the slots of the scores only text.
        var label = _labelColumn is null ? null : TrainSchema.GetColumnOrNull(_labelColumn);
        var names = label?.Annotations.Schema.GetColumnOrNull(Kinds.KeyValues)?.Type as VectorDataViewType;
        if (names?.Size != classes)
            names = null;

        columns.AddPredictedLabel(_predictedLabelColumn, new KeyDataViewType(typeof(uint), classes), scorer => scorer.KeyOfHighest,
            annotations => AddNames(annotations, Kinds.KeyValues));
        columns.AddScoreVector(_scoreColumn, classes, annotations =>
        {
            AddNames(annotations, Kinds.TrainingLabelValues);
            if (names?.ItemType is TextDataViewType)
                AddNames(annotations, Kinds.SlotNames);
        });

        void AddNames(DataViewSchema.Annotations.Builder annotations, string kind)
        {
            if (names != null)
                Utils.MarshalActionInvoke(AddNamesOf<int>, names.ItemType.RawType, annotations, kind);
        }

        void AddNamesOf<T>(DataViewSchema.Annotations.Builder annotations, string kind)
            => annotations.Add(kind, names, label.Value.Annotations.GetGetter<VBuffer<T>>(label.Value.Annotations.Schema[Kinds.KeyValues]));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(PredictionModels.Version("MC  PRED", MulticlassPredictionTransformer.LoaderSignature));
        PredictionModels.Save(ctx, Model, TrainSchema, FeatureColumnName);
        ctx.SaveStringOrNull(_labelColumn);
        ctx.SaveNonEmptyString(_scoreColumn);
        ctx.SaveNonEmptyString(_predictedLabelColumn);
    }
}

static class MulticlassPredictionTransformer
{
    public const string LoaderSignature = "MulticlassPredXfer";

    internal static ISingleFeaturePredictionTransformer<object> Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(PredictionModels.Version("MC  PRED", LoaderSignature));
        return PredictionModels.Create(env, ctx, typeof(MulticlassPredictionTransformer<>),
            () => [ctx.LoadStringOrNull(), ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString()]);
    }
}
