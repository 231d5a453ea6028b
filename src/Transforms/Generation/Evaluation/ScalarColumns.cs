using Extensions.ML.Generators;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Reads scalar columns of a real and a generated table for comparison: numbers as numbers; Booleans, texts and keys as categories that are
/// the same where their texts are.</summary>
static class ScalarColumns
{
    /// <param name="real">The real table.</param>
    /// <param name="generated">The generated table.</param>
    /// <param name="names">The columns; null for those of the real table that both have and that can be compared.</param>
    /// <exception cref="ArgumentException">There is no column to compare.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of a type that cannot be compared, or of numbers in one table alone.</exception>
    public static (TableColumn[] Real, TableColumn[] Generated) Read(IDataView real, IDataView generated, IReadOnlyList<string>? names)
    {
        names ??= [.. real.Schema.Where(column => !column.IsHidden && IsComparable(column) && generated.Schema.GetColumnOrNull(column.Name) != null)
            .Select(column => column.Name)];
        if (names.Count == 0)
            throw new ArgumentException("There is no column to compare: both tables need a scalar column of one name.", nameof(names));
        var (realColumns, generatedColumns) = (Find(real.Schema, names), Find(generated.Schema, names));
        foreach (var (x, y) in realColumns.Zip(generatedColumns))
        {
            if (IsNumber(x) != IsNumber(y))
                throw new ArgumentOutOfRangeException(nameof(generated),
                    $"Schema mismatch for column '{x.Name}': the real table has {x.Type}, the generated one {y.Type}. ConvertType converts it.");
        }
        // Categories are numbered as they occur, in both tables alike.
        var categories = names.Select(_ => new Dictionary<string, int>()).ToArray();
        return (Read(real, realColumns, categories), Read(generated, generatedColumns, categories));
    }

    static bool IsNumber(DataViewSchema.Column column) => NumberCodec.KindOf(column.Type) != null;

    static bool IsComparable(DataViewSchema.Column column) =>
        IsNumber(column) || column.Type is BooleanDataViewType or TextDataViewType || column.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint);

    static DataViewSchema.Column[] Find(DataViewSchema schema, IReadOnlyList<string> names) => [.. names.Select(name =>
    {
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(names), $"Could not find column '{name}'");
        return IsComparable(column) ? column : throw new ArgumentOutOfRangeException(nameof(names),
            $"Schema mismatch for column '{name}': expected a number, Boolean, text or key, got {column.Type}.");
    })];

    static TableColumn[] Read(IDataView data, DataViewSchema.Column[] columns, Dictionary<string, int>[] categories)
    {
        using var cursor = data.GetRowCursor(columns);
        var readers = columns.Select((column, i) => IsNumber(column) ? Numbers(cursor, column) : Categories(cursor, column, categories[i])).ToArray();
        while (cursor.MoveNext())
        {
            foreach (var (read, _) in readers)
                read();
        }
        return [.. readers.Select(reader => reader.Finish())];
    }

    static (Action Read, Func<TableColumn> Finish) Numbers(DataViewRow row, DataViewSchema.Column column)
    {
        var (read, values) = (NumberCodec.Reader(row, column), new List<double>());
        return (() => values.Add(read()), () => new NumberColumn(column.Name, [.. values]));
    }

    static (Action Read, Func<TableColumn> Finish) Categories(DataViewRow row, DataViewSchema.Column column, Dictionary<string, int> categories)
    {
        var (read, codes) = (CategoryReader(row, column, categories), new List<int>());
        return (() => codes.Add(read()), () => new CategoryColumn(column.Name, [.. codes]));
    }

    static Func<int> CategoryReader(DataViewRow row, DataViewSchema.Column column, Dictionary<string, int> categories)
    {
        if (column.Type is TextDataViewType)
        {
            var (getter, text) = (row.GetGetter<ReadOnlyMemory<char>>(column), ReadOnlyMemory<char>.Empty);
            var known = categories.GetAlternateLookup<ReadOnlySpan<char>>();
            return () =>
            {
                getter(ref text);
                return known.TryGetValue(text.Span, out var number) ? number : NumberOf(text.ToString());
            };
        }
        if (column.Type is BooleanDataViewType)
        {
            var (getter, value) = (row.GetGetter<bool>(column), false);
            return () =>
            {
                getter(ref value);
                return NumberOf(value ? bool.TrueString : bool.FalseString);
            };
        }
        var (keyGetter, key, names) = (row.GetGetter<uint>(column), 0u, KeyNames.Read(column)?.Values);
        return () =>
        {
            keyGetter(ref key);
            // A missing key is a category of its own, as an empty text is.
            return NumberOf(key == 0 ? "" : names is null ? $"{key}" : names[key - 1]);
        };

        int NumberOf(string name)
        {
            if (!categories.TryGetValue(name, out var number))
                categories.Add(name, number = categories.Count);
            return number;
        }
    }
}
