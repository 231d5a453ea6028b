using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Hosting;

/// <summary>Computes the results of several requests at once. Of one thread at a time.</summary>
interface IBatchEngine<TRow, TResult>
{
    /// <returns>A result for each row, in their order.</returns>
    IReadOnlyList<TResult> Run(IReadOnlyList<TRow> rows);
}

/// <summary>
/// What a prediction engine is for one row, for many: the pipeline is bound once to a list, and each run fills the list and reads the pipeline's
/// output, in which a network scores all rows together.
/// </summary>
sealed class BatchEngine<TRow, TResult> : IBatchEngine<TRow, TResult> where TRow : class where TResult : class, new()
{
    readonly List<TRow> _rows = [];
    readonly IEnumerable<TResult> _results;

    /// <exception cref="InvalidOperationException">Row or result do not fit the model's columns.</exception>
    public BatchEngine(MLContext ml, ITransformer model, DataViewSchema inputSchema)
    {
        var input = ml.Data.LoadFromEnumerable(_rows, RowShape.Of<TRow>(inputSchema));
        _results = ml.Data.CreateEnumerable<TResult>(model.Transform(input), reuseRowObject: false);
    }

    public IReadOnlyList<TResult> Run(IReadOnlyList<TRow> rows)
    {
        _rows.AddRange(rows);
        try
        {
            TResult[] results = [.. _results];
            return results.Length == rows.Count ? results : throw new InvalidOperationException(
                $"The model gives {results.Length} rows for {rows.Count}: a pipeline that drops or adds rows cannot be served.");
        }
        finally
        {
            _rows.Clear();
        }
    }
}

/// <summary>The columns of a row class, with what the model knows of them and the class does not say.</summary>
static class RowShape
{
    /// <summary>A <c>float[]</c> gets the size that the model was trained with.</summary>
    public static SchemaDefinition Of<TRow>(DataViewSchema inputSchema) where TRow : class
    {
        var shape = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (var column in shape)
            if (inputSchema.GetColumnOrNull(column.ColumnName) is { } known)
                column.ColumnType = known.Type;
        return shape;
    }

    /// <summary>A row to try a model with before it goes live: zeros, empty texts, vectors of the sizes that the model expects.</summary>
    public static TRow Probe<TRow>(DataViewSchema inputSchema) where TRow : class, new()
    {
        var row = new TRow();
        foreach (var column in inputSchema)
        {
            if (typeof(TRow).GetProperty(column.Name) is { CanWrite: true } property)
                property.SetValue(row, Default(property.PropertyType, column.Type) ?? property.GetValue(row));
            else if (typeof(TRow).GetField(column.Name) is { } field)
                field.SetValue(row, Default(field.FieldType, column.Type) ?? field.GetValue(row));
        }
        return row;
    }

    static object? Default(Type type, DataViewType column) =>
        type.IsArray && column is VectorDataViewType { IsKnownSize: true, Size: var size } ? Array.CreateInstance(type.GetElementType()!, size)
        : type == typeof(string) ? "" : null;
}
