using System.Text.Json.Serialization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A label column as classes from 0.</summary>
/// <param name="Column">How the column is read: a Boolean, or categories.</param>
sealed record ClassLabel(ColumnCodec Column)
{
    public string Name => Column.Name;

    /// <summary>Number of classes.</summary>
    [JsonIgnore]
    public int Count => Column is CategoryCodec category ? category.Count : 2;

    // What the slot holds for class 0.
    [JsonIgnore]
    int First => Column is CategoryCodec ? 1 : 0;

    /// <summary>Learns a label's classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or neither a key, a Boolean nor a text.</exception>
    public static ClassLabel Learn(IDataView data, string name, CancellationToken cancellation)
    {
        var column = data.Schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException("inputSchema", $"Could not find label column '{name}'");
        if (column.Type is not (KeyDataViewType or BooleanDataViewType or TextDataViewType))
            throw new ArgumentOutOfRangeException("inputSchema", $"Schema mismatch for label column '{name}': expected a key, Boolean or text, got {column.Type}. "
                + "MapValueToKey makes a key of it.");
        return new ClassLabel(TableColumns.Learn(data, [name], new SlotHeads(), false, cancellation).Codecs[0]);
    }

    /// <summary>Finds the column in a schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is missing, or of another type.</exception>
    public DataViewSchema.Column Bind(DataViewSchema schema)
    {
        var column = schema.GetColumnOrNull(Name) ?? throw new ArgumentOutOfRangeException("inputSchema", $"Could not find label column '{Name}'");
        return Column.Accepts(column) ? column : throw new ArgumentOutOfRangeException("inputSchema",
            $"Schema mismatch for label column '{Name}': expected {Column.Type}, got {column.Type}.");
    }

    /// <summary>Reads the class of the current row.</summary>
    /// <param name="row">The cursor, or a single row.</param>
    /// <param name="column">What <see cref="Bind"/> found in its schema.</param>
    /// <returns>Throws <see cref="InvalidDataException"/> where the label is missing, or none of the classes.</returns>
    public Func<int> Open(DataViewRow row, DataViewSchema.Column column)
    {
        var read = Column.Open(row, column);
        var slot = new float[1];
        return () =>
        {
            read(slot);
            var number = (int)slot[0] - First;
            return number >= 0 && number < Count ? number : throw new InvalidDataException(
                $"Column '{Name}', row {row.Position}: the label is missing, or none of the {Count} classes. Use the rows that have one.");
        };
    }

    /// <summary>The class that a user names.</summary>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public int Parse(string name)
    {
        var names = Names().ToArray();
        return Array.IndexOf(names, name) is >= 0 and var found ? found
            : throw new ArgumentException($"The label '{Name}' has no class '{name}'. Its classes are {string.Join(", ", names.Take(50))}.", "condition");
    }

    /// <summary>What users call the classes, in order.</summary>
    public IEnumerable<string> Names() => Column switch
    {
        CategoryCodec { Names.Values: { } values } => values,
        CategoryCodec => Enumerable.Range(1, Count).Select(key => $"{key}"),
        _ => ["False", "True"],
    };

    /// <summary>A getter of the label column over classes.</summary>
    public Delegate CreateGetter(Func<int> current)
    {
        var slot = new float[1];
        return Column.CreateGetter(() =>
        {
            slot[0] = current() + First;
            return slot;
        });
    }
}

/// <summary>Rows of a table with the number of their class behind them.</summary>
sealed class ClassifiedRows(TableColumns inputs, ClassLabel label, IDataView data) : IRowSource
{
    readonly DataViewSchema.Column[] _columns = inputs.Bind(data.Schema);
    readonly DataViewSchema.Column _label = label.Bind(data.Schema);

    public int Width => inputs.Size + 1;
    public long? Count => data.GetRowCount();

    public IRowReader Open()
    {
        var cursor = data.GetRowCursor([.. _columns, _label]);
        return new Reader(cursor, inputs.OpenUnchecked(cursor, _columns), label.Open(cursor, _label));
    }

    sealed class Reader(DataViewRowCursor cursor, SlotReader features, Func<int> label) : IRowReader
    {
        public bool TryRead(Span<float> row)
        {
            if (!cursor.MoveNext())
                return false;
            features(row[..^1]);
            row[^1] = label();
            return true;
        }

        public void Dispose() => cursor.Dispose();
    }
}
