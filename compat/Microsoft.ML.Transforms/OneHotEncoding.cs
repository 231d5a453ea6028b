using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>From values to keys and on to vectors, in one step; the keys stay behind as a hidden column.</summary>
public sealed class OneHotEncodingEstimator : IEstimator<OneHotEncodingTransformer>
{
    readonly ValueToKeyMappingEstimator _toKey;
    readonly IEstimator<ITransformer> _toVector;

    /// <summary>
    /// A vector that is 1 in the slot of the value; the sum of such vectors; the key itself; or the binary digits of the key.
    /// </summary>
    public enum OutputKind : byte { Bag = 1, Indicator = 2, Key = 3, Binary = 4 }

    internal OneHotEncodingEstimator(
        IHostEnvironment env, InputOutputColumnPair[] columns, OutputKind kind, int maximumNumberOfKeys,
        ValueToKeyMappingEstimator.KeyOrdinality ordinality, IDataView keyData)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(nameof(OneHotEncodingEstimator));
        host.CheckValue(columns, nameof(columns));
        _toKey = new(host, columns.Select(pair => new ValueToKeyMappingEstimator.ColumnOptions(
            pair.OutputColumnName, pair.InputColumnName, maximumNumberOfKeys, ordinality, AnnotationsAsText: true)).ToArray(), keyData);
        var names = columns.Select(pair => pair.OutputColumnName);
        _toVector = kind switch
        {
            OutputKind.Key => null,
            OutputKind.Binary => new KeyToBinaryVectorMappingEstimator(host, names.Select(name => (name, name)).ToArray()),
            OutputKind.Indicator or OutputKind.Bag => new KeyToVectorMappingEstimator(host, names.Select(name =>
                new KeyToVectorMappingEstimator.ColumnOptions(name, name, OutputCountVector: kind == OutputKind.Bag)).ToArray()),
            _ => throw host.ExceptParam("OutputKind"),
        };
    }

    public OneHotEncodingTransformer Fit(IDataView input) => new(_toKey, _toVector, input);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var keys = _toKey.GetOutputSchema(inputSchema);
        return _toVector is null ? keys : _toVector.GetOutputSchema(keys);
    }
}

public sealed class OneHotEncodingTransformer : ITransformer
{
    // Saved in place of this one, so a loaded model has the chain itself.
    readonly TransformerChain<ITransformer> _chain;

    internal OneHotEncodingTransformer(ValueToKeyMappingEstimator toKey, IEstimator<ITransformer> toVector, IDataView input)
        => _chain = toVector is null ? new(toKey.Fit(input)) : toKey.Append(toVector).Fit(input);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    public IDataView Transform(IDataView input) => _chain.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);

    bool ITransformer.IsRowToRowMapper => ((ITransformer)_chain).IsRowToRowMapper;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);
}
