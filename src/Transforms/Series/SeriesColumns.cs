using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Where a series stands in a data view: the column of its values, and that of its times where they are known.</summary>
sealed record SeriesColumns(string ValueColumnName, string? TimeColumnName)
{
    /// <summary>Values in a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public int Width(DataViewSchema schema)
    {
        if (TimeColumnName != null && Column(schema, TimeColumnName) is var time && time.Type != DateTimeDataViewType.Instance)
            throw Mismatch(TimeColumnName, "DateTime (DataKind.DateTime where it is loaded from text)", time.Type);
        var value = Column(schema, ValueColumnName);
        return value.Type == NumberDataViewType.Single ? 1
            : value.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single ? vector.Size
            : throw Mismatch(ValueColumnName, "Single or known-size vector of Single", value.Type);
    }

    /// <summary>Names of the values of a step.</summary>
    public string[] ValueNames(DataViewSchema schema)
    {
        var value = Column(schema, ValueColumnName);
        return value.Type is not VectorDataViewType vector ? [ValueColumnName]
            : value.ReadSlotNames() ?? [.. Enumerable.Range(0, vector.Size).Select(slot => $"{ValueColumnName}.{slot}")];
    }

    /// <summary>The same checks on a schema that is only known in outline.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public void Check(SchemaShape shape)
    {
        foreach (var name in new[] { ValueColumnName, TimeColumnName })
        {
            if (name == null)
                continue;
            if (!shape.TryFindColumn(name, out var column))
                throw Missing(name);
            DataViewType expected = name == TimeColumnName ? DateTimeDataViewType.Instance : NumberDataViewType.Single;
            if (column.IsKey || !column.ItemType.Equals(expected)
                || column.Kind != SchemaShape.Column.VectorKind.Scalar && (name == TimeColumnName || column.Kind != SchemaShape.Column.VectorKind.Vector))
                throw Mismatch(name, name == TimeColumnName ? "DateTime (DataKind.DateTime where it is loaded from text)"
                    : "Single or known-size vector of Single", column.ItemType);
        }
    }

    static DataViewSchema.Column Column(DataViewSchema schema, string name) => schema.GetColumnOrNull(name) ?? throw Missing(name);

    static ArgumentOutOfRangeException Missing(string name) => new("inputSchema", $"Could not find series column '{name}'");

    static ArgumentOutOfRangeException Mismatch(string name, string expected, DataViewType actual) =>
        new("inputSchema", $"Schema mismatch for series column '{name}': expected {expected}, got {actual}.");
}
