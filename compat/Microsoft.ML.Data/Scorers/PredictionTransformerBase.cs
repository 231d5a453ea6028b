using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A trained model that adds its scores to the rows.</summary>
public abstract class PredictionTransformerBase<TModel> : IPredictionTransformer<TModel>, IDisposable where TModel : class
{
    private protected const string DirModel = "Model";

    private protected readonly IHost Host;
    bool _disposed;

    private protected PredictionTransformerBase(IHost host, TModel model, DataViewSchema trainSchema)
    {
        Host = host;
        Host.CheckValue(model, nameof(model));
        Host.CheckValue(trainSchema, nameof(trainSchema));
        Model = model;
        TrainSchema = trainSchema;
    }

    public TModel Model { get; }

    /// <summary>The columns that the model was trained on.</summary>
    internal DataViewSchema TrainSchema { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    private protected abstract IReadOnlyList<MappedColumn> MakeColumns(DataViewSchema inputSchema);
    private protected abstract void SaveModel(ModelSaveContext ctx);

    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return new RowToRowMapperTransform(Host, input, MakeColumns(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new RowToRowMapperTransform(Host, new EmptyDataView(Host, inputSchema), MakeColumns(inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

    public void Dispose()
    {
        if (_disposed)
            return;
        (Model as IDisposable)?.Dispose();
        _disposed = true;
    }
}

/// <summary>The same for a model that reads one vector of features.</summary>
public abstract class SingleFeaturePredictionTransformerBase<TModel> : PredictionTransformerBase<TModel>, ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    private protected SingleFeaturePredictionTransformerBase(IHost host, TModel model, DataViewSchema trainSchema, string featureColumn)
        : base(host, model, trainSchema)
    {
        FeatureColumnName = featureColumn;
        FeatureColumnType = (trainSchema.GetColumnOrNull(featureColumn)
            ?? throw Host.ExceptSchemaMismatch(nameof(featureColumn), "feature", featureColumn)).Type;
    }

    public string FeatureColumnName { get; }
    public DataViewType FeatureColumnType { get; }

    private protected abstract void AddColumns(ScoreColumns columns);
    private protected abstract string Task { get; }

    private protected IScoringModel Scoring => (IScoringModel)Model;

    public sealed override DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        var features = inputSchema.GetColumnOrNull(FeatureColumnName)
            ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "feature", FeatureColumnName);
        if (!features.Type.Equals(FeatureColumnType))
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "feature", FeatureColumnName, FeatureColumnType.ToString(), features.Type.ToString());
        return new ColumnBindings(inputSchema, MakeColumns(inputSchema)).Schema;
    }

    private protected sealed override IReadOnlyList<MappedColumn> MakeColumns(DataViewSchema inputSchema)
    {
        var features = new RoleMappedSchema(inputSchema, feature: FeatureColumnName).Feature.Value;
        var (type, wanted) = (features.Type, new VectorDataViewType(NumberDataViewType.Single, Scoring.InputSize));
        if (!type.GetItemType().Equals(wanted.ItemType))
            throw Host.Except("Incompatible features column type item type: '{0}' vs '{1}'", type.GetItemType(), wanted.ItemType);
        if (!type.SameSizeAndItemType(wanted))
            throw Host.Except("Incompatible features column type: '{0}' vs '{1}'", type, wanted);

        var columns = new ScoreColumns(Scoring, inputSchema, features, Task);
        AddColumns(columns);
        return columns.Columns;
    }
}
