using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Learns a shift and a scale, or a distribution, for each slot of a column of reals.</summary>
public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    readonly IHost _host;
    readonly ColumnOptions[] _columns;

    internal enum Method : byte { MinMax, MeanVariance, MeanVarianceCdf }

    /// <summary>With <paramref name="FixZero"/> a 0 stays a 0: the values are scaled but not shifted.</summary>
    internal sealed record ColumnOptions(string Name, string InputColumnName, long MaximumExampleCount, bool FixZero, Method Method);

    internal NormalizingEstimator(IHostEnvironment env, params ColumnOptions[] columns)
    {
        Contracts.CheckValue(env, nameof(env));
        foreach (var column in columns)
        {
            Contracts.CheckNonEmpty(column.Name, "name");
            Contracts.CheckNonEmpty(column.InputColumnName, "inputColumnName");
            Contracts.CheckParam(column.MaximumExampleCount > 1, "maximumExampleCount", "Must be greater than 1");
        }
        _host = env.Register(nameof(NormalizingEstimator));
        _columns = columns;
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return NormalizingTransformer.Train(_host, input, _columns);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(_columns.Select(options =>
        {
            var input = inputSchema.Find(_host, options.InputColumnName);
            if (input.Kind == SchemaShape.Column.VectorKind.VariableVector)
                throw _host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, "known-size vector or scalar",
                    input.GetTypeString());
            if (input.ItemType != NumberDataViewType.Single && input.ItemType != NumberDataViewType.Double)
                throw _host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, "vector or scalar of Single or Double",
                    input.GetTypeString());
            var isNormalized = new SchemaShape.Column(
                AnnotationUtils.Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);
            return new SchemaShape.Column(options.Name, input.Kind, input.ItemType, input.IsKey,
                new([isNormalized, .. input.Annotations.Only(AnnotationUtils.Kinds.SlotNames)]));
        }));
    }
}
