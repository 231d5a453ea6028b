using System.Collections.Generic;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Reading, writing, and choosing rows.</summary>
public sealed partial class DataOperationsCatalog : IInternalCatalog
{
    readonly IHostEnvironment _env;

    internal DataOperationsCatalog(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null) where TRow : class
    {
        _env.CheckValue(data, nameof(data));
        return new EnumerableDataView<TRow>(_env, data, schemaDefinition);
    }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema) where TRow : class
    {
        _env.CheckValue(data, nameof(data));
        _env.CheckValue(schema, nameof(schema));
        return new EnumerableDataView<TRow>(_env, data, PocoSchema.DefinitionOf<TRow>(_env, schema));
    }

    public IEnumerable<TRow> CreateEnumerable<TRow>(
        IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null) where TRow : class, new()
    {
        _env.CheckValue(data, nameof(data));
        return Rows(data, new PocoBinding<TRow>(_env, data.Schema, ignoreMissingColumns, schemaDefinition), reuseRowObject);

        static IEnumerable<TRow> Rows(IDataView data, PocoBinding<TRow> binding, bool reuse)
        {
            using var cursor = data.GetRowCursor(binding.Columns);
            var fill = binding.Bind(cursor);
            TRow row = null;
            while (cursor.MoveNext())
            {
                if (!reuse || row is null)
                    row = new();
                fill(row);
                yield return row;
            }
        }
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        _env.CheckValue(input, nameof(input));
        var prefetch = new int[columnsToPrefetch?.Length ?? 0];
        for (var i = 0; i < prefetch.Length; i++)
            if (!input.Schema.TryGetColumnIndex(columnsToPrefetch[i], out prefetch[i]))
                throw _env.ExceptSchemaMismatch(nameof(columnsToPrefetch), "prefetch", columnsToPrefetch[i]);
        return new CacheDataView(_env, input, prefetch);
    }
}
