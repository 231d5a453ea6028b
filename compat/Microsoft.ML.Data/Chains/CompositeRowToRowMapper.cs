using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Mappers one after the other, each over the output of the one before.</summary>
sealed class CompositeRowToRowMapper(DataViewSchema inputSchema, IReadOnlyList<IRowToRowMapper> mappers) : IRowToRowMapper, IDisposable
{
    public DataViewSchema InputSchema => inputSchema;
    public DataViewSchema OutputSchema => mappers.Count > 0 ? mappers[^1].OutputSchema : inputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => mappers.Reverse().Aggregate(dependingColumns, (columns, mapper) => mapper.GetDependencies(columns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckValue(activeColumns, nameof(activeColumns));
        Contracts.CheckParam(input.Schema == InputSchema, nameof(input), "Schema did not match original schema");
        if (mappers.Count == 0)
        {
            foreach (var column in activeColumns)
                if (!input.IsColumnActive(input.Schema[column.Index]))
                    throw Contracts.ExceptParam(nameof(input), $"Mapper required column '{input.Schema[column.Index].Name}' active but it was not.");
            return input;
        }
        // What each mapper has to deliver is what the next one needs.
        var wanted = new IEnumerable<DataViewSchema.Column>[mappers.Count];
        wanted[^1] = activeColumns.ToArray();
        for (var i = wanted.Length - 1; i > 0; i--)
            wanted[i - 1] = mappers[i].GetDependencies(wanted[i]);
        for (var i = 0; i < wanted.Length; i++)
            input = mappers[i].GetRow(input, wanted[i]);
        return input;
    }

    public void Dispose()
    {
        foreach (var mapper in mappers)
            (mapper as IDisposable)?.Dispose();
    }
}
