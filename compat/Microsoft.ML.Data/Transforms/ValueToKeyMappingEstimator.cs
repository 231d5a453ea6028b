using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>From values to keys: the position of the value among the different values of the training data.</summary>
public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    readonly IHost _host;
    readonly ColumnOptions[] _columns;
    readonly IDataView _keyData;

    /// <summary>How keys are ordered: as their values were seen, or sorted (text by its character codes).</summary>
    public enum KeyOrdinality : byte { ByOccurrence = 0, ByValue = 1 }

    internal sealed record ColumnOptions(
        string Name, string InputColumnName, int MaximumNumberOfKeys, KeyOrdinality Ordinality, bool AnnotationsAsText);

    internal ValueToKeyMappingEstimator(IHostEnvironment env, ColumnOptions[] columns, IDataView keyData = null)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(ValueToKeyMappingEstimator));
        _host.CheckNonEmpty(columns, nameof(columns));
        foreach (var column in columns)
            Contracts.CheckNonWhiteSpace(column.Name, "outputColumnName");
        if (keyData is not null && keyData.Schema.Count != 1)
            throw _host.ExceptParam(nameof(keyData), "If specified, this data view should contain only a single column "
                + $"containing the terms to map, but this had {keyData.Schema.Count} columns.", []);
        (_columns, _keyData) = (columns, keyData);
    }

    public ValueToKeyMappingTransformer Fit(IDataView input) => new(_host, input, _columns, _keyData);

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(_columns.Select(options =>
        {
            var input = inputSchema.Find(_host, options.InputColumnName);
            // Keys of keys have the values of the first ones.
            if (!input.IsKey || !input.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values)
                || values.Kind != SchemaShape.Column.VectorKind.Vector)
                values = new(AnnotationUtils.Kinds.KeyValues, SchemaShape.Column.VectorKind.Vector,
                    options.AnnotationsAsText ? TextDataViewType.Instance : input.ItemType, input.IsKey);
            var slotNames = input.Annotations.Only(AnnotationUtils.Kinds.SlotNames);
            return new SchemaShape.Column(options.Name, input.Kind, NumberDataViewType.UInt32, true, new([.. slotNames, values]));
        }));
    }
}
