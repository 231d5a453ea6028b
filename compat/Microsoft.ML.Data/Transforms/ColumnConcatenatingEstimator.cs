using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Puts columns of the same item type side by side in one vector.</summary>
public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
{
    readonly IHost _host;
    readonly string _name;
    readonly string[] _sources;

    internal ColumnConcatenatingEstimator(IHostEnvironment env, string outputColumnName, params string[] inputColumnNames)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(ColumnConcatenatingEstimator));
        _host.CheckNonEmpty(outputColumnName, nameof(outputColumnName));
        _host.CheckValue(inputColumnNames, nameof(inputColumnNames));
        _host.CheckParam(inputColumnNames.Length > 0, nameof(inputColumnNames), "Input columns not specified");
        _host.CheckParam(!inputColumnNames.Any(string.IsNullOrEmpty), nameof(inputColumnNames), "Contained some null or empty items");
        (_name, _sources) = (outputColumnName, inputColumnNames);
    }

    public ColumnConcatenatingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return new(_host, _name, _sources);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With([MakeColumn(inputSchema)]);
    }

    SchemaShape.Column MakeColumn(SchemaShape inputSchema)
    {
        var columns = new List<SchemaShape.Column>();
        foreach (var source in _sources)
        {
            var column = inputSchema.Find(_host, source);
            if (column.IsKey)
                throw _host.Except($"Column '{source}' is key. Concatenation of keys is unsupported.", []);
            if (columns.Count > 0 && !column.ItemType.Equals(columns[0].ItemType))
                throw _host.Except($"Concatenated columns should have the same type. Column '{source}' has type of {column.ItemType}, "
                    + $"but expected column type is {columns[0].ItemType}.", []);
            columns.Add(column);
        }

        var annotations = new List<SchemaShape.Column>();
        if (columns.All(column => column.IsNormalized()))
            annotations.Add(new(AnnotationUtils.Kinds.IsNormalized,
                SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false));
        if (columns.Any(HasCategories))
            annotations.Add(new(AnnotationUtils.Kinds.CategoricalSlotRanges,
                SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Int32, false));
        if (columns.Any(column => column.Kind == SchemaShape.Column.VectorKind.Scalar || column.HasSlotNames()))
            annotations.Add(new(AnnotationUtils.Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false));
        var isVariable = columns.Any(column => column.Kind == SchemaShape.Column.VectorKind.VariableVector);
        return new(_name, isVariable ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector,
            columns[0].ItemType, false, new(annotations));
    }

    static bool HasCategories(SchemaShape.Column column)
        => column.Annotations.TryFindColumn(AnnotationUtils.Kinds.CategoricalSlotRanges, out var ranges)
            && ranges.Kind == SchemaShape.Column.VectorKind.Vector && ranges.ItemType == NumberDataViewType.Int32;
}
