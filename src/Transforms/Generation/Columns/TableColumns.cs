using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Sees every row of a column once, before a network learns from it.</summary>
interface IColumnLearner
{
    /// <summary>Looks at the column in the current row of a cursor, at every call.</summary>
    Action Open(DataViewRow row);

    ColumnCodec ToCodec();
}

/// <summary>Columns of a table side by side as one row of floats.</summary>
sealed class TableColumns : RowInput
{
    readonly ColumnCodec[] _codecs;
    readonly int[] _starts;

    /// <param name="codecs">The columns, at least one.</param>
    public TableColumns(IEnumerable<ColumnCodec> codecs)
    {
        _codecs = [.. codecs];
        if (_codecs.Length == 0)
            throw new ArgumentException("There must be at least one column.", nameof(codecs));
        _starts = new int[_codecs.Length];
        for (var i = 0; i < _codecs.Length; i++)
        {
            _codecs[i].Check();
            _starts[i] = Size;
            Size = checked(Size + _codecs[i].Slots);
        }
    }

    public override int Size { get; }

    public IReadOnlyList<ColumnCodec> Codecs => _codecs;

    /// <summary>The first slot of a column.</summary>
    public int Start(int codec) => _starts[codec];

    /// <summary>The slots that are not numbers, or null where all are.</summary>
    public IReadOnlyList<SlotGroup>? Groups()
    {
        var groups = _codecs.SelectMany((codec, i) => codec.Groups().Select(group => group with { Start = group.Start + _starts[i] })).ToArray();
        return groups.Length > 0 ? [.. new SlotLayout(Size, groups).Groups] : null;
    }

    /// <summary>Throws where a network is of other columns.</summary>
    /// <exception cref="InvalidDataException">It is.</exception>
    public void CheckFits(GeneratorArchitecture architecture, ClassLabel? label)
    {
        label?.Column.Check();
        if (Size != architecture.InputSize || (label?.Count ?? 0) != architecture.Classes || !(Groups() ?? []).SequenceEqual(architecture.Slots ?? []))
            throw new InvalidDataException($"The columns make rows of {Size} values and {label?.Count ?? 0} classes; the network has "
                + $"{architecture.InputSize} and {architecture.Classes}, or other slots.");
    }

    /// <summary>Marks the slots of columns, and single slots of vectors, that a user names.</summary>
    /// <exception cref="ArgumentException">There is no such column or slot.</exception>
    public bool[] Find(IEnumerable<string> names)
    {
        var marks = new bool[Size];
        foreach (var name in names)
        {
            var found = false;
            for (var i = 0; i < _codecs.Length; i++)
            {
                var slot = (_codecs[i] as VectorCodec)?.SlotNames is { } slots ? Array.IndexOf(slots, name) : -1;
                var (start, count) = _codecs[i].Name == name ? (0, _codecs[i].Slots) : slot >= 0 ? (slot, 1) : (0, 0);
                marks.AsSpan(_starts[i] + start, count).Fill(true);
                found |= count > 0;
            }
            if (!found)
                throw new ArgumentException($"There is no column or slot '{name}'. The columns are {string.Join(", ", _codecs.Select(codec => codec.Name))}.");
        }
        return marks;
    }

    /// <summary>Marks the slots that hold 0 where their category is missing.</summary>
    public bool[] MissingKeys()
    {
        var marks = new bool[Size];
        foreach (var group in Groups() ?? [])
            marks.AsSpan(group.Start, group.Count).Fill(group.Kind == SlotKind.Key);
        return marks;
    }

    public override DataViewSchema.Column[] Bind(DataViewSchema schema) => Array.ConvertAll(_codecs, codec =>
    {
        if (codec is VectorCodec vector)
            return schema.RequireFeatures(vector.Name, vector.Size);
        var column = schema.GetColumnOrNull(codec.Name) ?? throw new ArgumentOutOfRangeException("inputSchema", $"Could not find column '{codec.Name}'");
        return codec.Accepts(column) ? column : throw new ArgumentOutOfRangeException("inputSchema",
            $"Schema mismatch for column '{codec.Name}': expected {codec.Type}, got {column.Type}.");
    });

    public override IRowInputReader Open(DataViewRow row, DataViewSchema.Column[] columns) => new Reader(this, row, columns);

    /// <summary>Reads the current row without looking at the values: training checks them itself.</summary>
    public SlotReader OpenUnchecked(DataViewRow row, DataViewSchema.Column[] columns) => new Reader(this, row, columns).Read;

    /// <summary>A data view as the rows that a network is trained on.</summary>
    public IRowSource Rows(IDataView data) => new Source(this, data);

    /// <summary>The same error with the name that the user knows the place by.</summary>
    public InvalidRowException Explain(InvalidRowException error)
    {
        var codec = Array.FindLastIndex(_starts, start => start <= error.Slot);
        var place = codec < 0 ? $"slot {error.Slot}" : _codecs[codec].Describe(error.Slot - _starts[codec]);
        var expected = float.IsFinite(error.Value) ? "0 or 1" : "a finite number";
        return new InvalidRowException($"Column {place}, row {error.Row}: expected {expected}, got {error.Value}."
            + (float.IsNaN(error.Value) ? " Replace missing values first (ReplaceMissingValues) or drop their rows (FilterRowsByMissingValues)." : ""),
            error.Row, error.Slot, error.Value);
    }

    /// <summary>Learns the columns of a data view in one pass; in none where they are vectors, Booleans or keys that are never missing.</summary>
    /// <param name="data">The data.</param>
    /// <param name="names">The columns.</param>
    /// <param name="heads">What the slots of vectors hold.</param>
    /// <param name="quantiles">Whether numbers are brought to a normal distribution.</param>
    /// <param name="cancellation">Stops the pass.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that is neither number, Boolean, text, key nor a vector of Single.</exception>
    /// <exception cref="InvalidRowException">A number is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">A text column has too many texts, or there are no rows.</exception>
    public static TableColumns Learn(IDataView data, IReadOnlyList<string> names, SlotHeads heads, bool quantiles, CancellationToken cancellation)
    {
        var parts = names.Select(name => Part(data.Schema, name, heads, quantiles)).ToArray();
        var learners = parts.OfType<IColumnLearner>().ToArray();
        if (learners.Length > 0)
        {
            using var cursor = data.GetRowCursor(names.Select(name => data.Schema[name]).Where((_, i) => parts[i] is IColumnLearner));
            var look = Array.ConvertAll(learners, learner => learner.Open(cursor));
            var any = false;
            for (; cursor.MoveNext(); any = true)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var column in look)
                    column();
            }
            if (!any)
                throw new InvalidOperationException("The data has no rows to learn from.");
        }
        return new TableColumns(parts.Select(part => part as ColumnCodec ?? ((IColumnLearner)part).ToCodec()));
    }

    /// <summary>The codec of a column, or what learns it.</summary>
    static object Part(DataViewSchema schema, string name, SlotHeads heads, bool quantiles)
    {
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException("inputSchema", $"Could not find column '{name}'");
        return column.Type switch
        {
            VectorDataViewType => VectorCodec.Of(schema.RequireFeatures(name), heads),
            BooleanDataViewType => new BooleanCodec(name),
            KeyDataViewType key when key.RawType == typeof(uint) && key.Count is > 0 and <= CategoryCodec.Most => new CategoryCodec.Learner(column),
            TextDataViewType => new CategoryCodec.Learner(column),
            _ when NumberCodec.KindOf(column.Type) != null => new NumberCodec.Learner(column, quantiles),
            _ => throw new ArgumentOutOfRangeException("inputSchema", $"Schema mismatch for column '{name}': expected a number, Boolean, text, "
                + $"key of at most {CategoryCodec.Most:N0} values or known-size vector of Single, got {column.Type}."),
        };
    }

    sealed class Reader : IRowInputReader
    {
        readonly TableColumns _table;
        readonly DataViewRow _row;
        readonly SlotReader[] _readers;

        public Reader(TableColumns table, DataViewRow row, DataViewSchema.Column[] columns)
        {
            (_table, _row) = (table, row);
            _readers = [.. table._codecs.Select((codec, i) => codec.Open(row, columns[i]))];
        }

        public void Read(Span<float> destination)
        {
            for (var i = 0; i < _readers.Length; i++)
                _readers[i](destination.Slice(_table._starts[i], _table._codecs[i].Slots));
        }

        public void ReadChecked(Span<float> destination)
        {
            Read(destination);
            try
            {
                FeatureScaler.CheckFinite(destination, _row.Position);
            }
            catch (InvalidRowException e)
            {
                throw _table.Explain(e);
            }
        }
    }

    sealed class Source(TableColumns table, IDataView data) : IRowSource
    {
        readonly DataViewSchema.Column[] _columns = table.Bind(data.Schema);

        public int Width => table.Size;
        public long? Count => data.GetRowCount();
        public IRowReader Open()
        {
            var cursor = data.GetRowCursor(_columns);
            return new Pass(cursor, table.OpenUnchecked(cursor, _columns));
        }
    }

    sealed class Pass(DataViewRowCursor cursor, SlotReader read) : IRowReader
    {
        public bool TryRead(Span<float> row)
        {
            if (!cursor.MoveNext())
                return false;
            read(row);
            return true;
        }

        public void Dispose() => cursor.Dispose();
    }
}
