using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public interface ITrainerEstimator<out TTransformer, out TModel> : IEstimator<TTransformer>
    where TTransformer : IPredictionTransformer<TModel> where TModel : class
{
    TrainerInfo Info { get; }
}

/// <summary>
/// Base of trainers: checks the input columns with the real messages, then TrainModelCore (over role-mapped data) and MakeTransformer.
/// Override GetOutputColumnsCore for the shapes of the new columns, CheckLabelCompatible where several kinds of label will do.
/// A column without a name is not wanted.
/// </summary>
public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel> where TModel : class
{
    private protected const string NoTrainingInstancesMessage = "No valid training instances found, all instances have missing features.";

    public readonly SchemaShape.Column FeatureColumn;
    public readonly SchemaShape.Column LabelColumn;
    public readonly SchemaShape.Column WeightColumn;
    private protected readonly IHost Host;

    private protected TrainerEstimatorBase(IHost host, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight = default)
    {
        Contracts.CheckValue(host, nameof(host));
        Host = host;
        Host.CheckParam(feature.IsValid, nameof(feature), "not initialized properly");
        FeatureColumn = feature;
        LabelColumn = label;
        WeightColumn = weight;
    }

    public abstract TrainerInfo Info { get; }

    private protected abstract PredictionKind PredictionKind { get; }
    private protected abstract SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema);
    private protected abstract TModel TrainModelCore(RoleMappedData data, RoleMappedData validation, TModel initial);
    private protected abstract TTransformer MakeTransformer(TModel model, DataViewSchema trainSchema);

    public TTransformer Fit(IDataView input) => TrainTransformer(input);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        CheckInputSchema(inputSchema);
        return inputSchema.With(GetOutputColumnsCore(inputSchema));
    }

    private protected TTransformer TrainTransformer(IDataView trainSet, IDataView validationSet = null, TModel initial = null)
    {
        var data = MakeRoles(trainSet);
        var validation = validationSet is null ? null : MakeRoles(validationSet);
        return MakeTransformer(TrainModelCore(data, validation, initial), trainSet.Schema);
    }

    RoleMappedData MakeRoles(IDataView data)
    {
        CheckInputSchema(SchemaShape.Create(data.Schema));
        return new(data, LabelColumn.Name, FeatureColumn.Name, WeightColumn.Name);
    }

    void CheckInputSchema(SchemaShape inputSchema)
    {
        CheckColumn(FeatureColumn, "feature");
        if (WeightColumn.IsValid)
            CheckColumn(WeightColumn, "weight");
        if (LabelColumn.IsValid)
            CheckLabelCompatible(inputSchema.Find(Host, LabelColumn.Name, "label"));

        void CheckColumn(SchemaShape.Column wanted, string role)
        {
            var found = inputSchema.Find(Host, wanted.Name, role);
            if (!wanted.IsCompatibleWith(found))
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), role, wanted.Name, wanted.GetTypeString(), found.GetTypeString());
        }
    }

    private protected virtual void CheckLabelCompatible(SchemaShape.Column labelCol)
    {
        if (!LabelColumn.IsCompatibleWith(labelCol))
            throw Host.ExceptSchemaMismatch(nameof(labelCol), "label", LabelColumn.Name, LabelColumn.GetTypeString(), labelCol.GetTypeString());
    }
}
