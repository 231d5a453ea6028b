using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Writes a table as text that <see cref="TextLoader"/> reads back; a row that is mostly zeros ends in sparse fields.</summary>
sealed class TextSaver(IHostEnvironment env, char separator, bool writesHeader, bool writesSchema, bool isDense)
{
    readonly IHost _host = env.Register(nameof(TextSaver));

    public void Save(IDataView data, bool keepHidden, Stream stream)
    {
        Contracts.CheckUserArg(separator is ' ' or '\t' or ',' or ';' or '|', "Separator",
            "Invalid separator - must be: space, tab, comma, semicolon, or bar");
        var columns = data.Schema.Where(column => keepHidden || !column.IsHidden).ToArray();
        using var channel = _host.Start("Saving");
        channel.Check(columns.Length > 0, "No valid columns to save");
        var hasHeader = writesHeader && columns.Any(column => column.Type is not VectorDataViewType || HasNames(column));

        using var writer = new StreamWriter(stream, bufferSize: 1 << 16, leaveOpen: true);
        if (writesSchema)
            WriteSchema(writer, columns, hasHeader, channel);
        using var cursor = data.GetRowCursor(columns);
        var values = columns.Select(column => ColumnText.Create(cursor, column, separator)).ToArray();
        var line = new TextLine(values, separator, isDense);
        if (hasHeader)
        {
            foreach (var column in values)
                column.AppendNames(line);
            line.Write(writer, defaultText: "\"\"");
        }

        long count = 0;
        int shortest = int.MaxValue, longest = 0;
        for (; cursor.MoveNext(); count++)
        {
            foreach (var column in values)
                column.AppendValue(line);
            shortest = Math.Min(shortest, line.Length);
            longest = Math.Max(longest, line.Length);
            line.Write(writer);
        }
        if (count == 0)
            channel.Warning(MessageSensitivity.None, "Wrote zero rows of data!");
        else if (shortest == longest)
            channel.Info(MessageSensitivity.None, "Wrote {0} rows of length {1}", count, shortest);
        else
            channel.Info(MessageSensitivity.None, "Wrote {0} rows of lengths between {1} and {2}", count, shortest, longest);
    }

    static bool HasNames(DataViewSchema.Column column) => column.HasSlotNames(column.Type.GetVectorSize());

    void WriteSchema(TextWriter writer, DataViewSchema.Column[] columns, bool hasHeader, IChannel channel)
    {
        writer.WriteLine("#@ TextLoader{");
        if (hasHeader)
            writer.WriteLine("#@   header+");
        writer.WriteLine($"#@   sep={EmbeddedOptions.SeparatorName(separator)}");
        var field = 0;
        foreach (var column in columns)
        {
            writer.WriteLine($"#@   {EmbeddedOptions.Describe(column, field)}");
            field += column.Type.GetValueCount();
            if (column.Type is VectorDataViewType { IsKnownSize: false } && column.Index != columns[^1].Index)
                channel.Warning("Column '{0}' is variable length, so it must be the last, or the file will be unreadable. "
                    + "Consider switching to binary format or use xf=Choose to make '{0}' the last column.", column.Name);
        }
        writer.WriteLine("#@ }");
    }
}

/// <summary>The values of one column as text.</summary>
abstract class ColumnText
{
    /// <summary>The text of the default value, which fields may leave out.</summary>
    public string Default { get; protected init; }

    public static ColumnText Create(DataViewRowCursor cursor, DataViewSchema.Column column, char separator)
        => (ColumnText)Activator.CreateInstance(typeof(Of<>).MakeGenericType(column.Type.GetItemType().RawType), cursor, column, separator);

    public abstract void AppendNames(TextLine line);
    public abstract void AppendValue(TextLine line);

    sealed class Of<T> : ColumnText
    {
        readonly DataViewSchema.Column _column;
        readonly char _separator;
        readonly TextForm<T> _form;
        readonly ValueGetter<T> _getValue;
        readonly ValueGetter<VBuffer<T>> _getVector;
        T _value;
        VBuffer<T> _vector;

        public Of(DataViewRowCursor cursor, DataViewSchema.Column column, char separator)
        {
            (_column, _separator) = (column, separator);
            _form = FormFor((PrimitiveDataViewType)column.Type.GetItemType(), separator);
            if (column.Type is VectorDataViewType)
                _getVector = cursor.GetGetter<VBuffer<T>>(column);
            else
                _getValue = cursor.GetGetter<T>(column);
            var text = new StringBuilder();
            _form(default, text);
            Default = text.ToString();
        }

        static TextForm<T> FormFor(PrimitiveDataViewType type, char separator)
        {
            if (type is TextDataViewType)
                return (TextForm<T>)(Delegate)(TextForm<ReadOnlyMemory<char>>)((in ReadOnlyMemory<char> value, StringBuilder text)
                    => AppendQuoted(text, value.Span, separator));
            var form = TextForms.Of<T>(type);
            // Their colons would look like sparse fields.
            return type is not (TimeSpanDataViewType or DateTimeDataViewType or DateTimeOffsetDataViewType) ? form
                : (in T value, StringBuilder text) =>
                {
                    text.Append('"');
                    form(in value, text);
                    text.Append('"');
                };
        }

        public override void AppendNames(TextLine line)
        {
            if (_column.Type is not VectorDataViewType vector)
            {
                AppendQuoted(line.StartField(), _column.Name, _separator);
                line.EndField(0, "");
                line.EndColumn(1);
                return;
            }
            if (_column.HasSlotNames(vector.Size))
            {
                VBuffer<ReadOnlyMemory<char>> names = default;
                _column.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref names);
                foreach (var (slot, name) in names.Items())
                    if (!name.IsEmpty)
                    {
                        AppendQuoted(line.StartField(), name.Span, _separator);
                        line.EndField(slot, "");
                    }
            }
            line.EndColumn(vector.Size);
        }

        public override void AppendValue(TextLine line)
        {
            if (_getValue is not null)
            {
                _getValue(ref _value);
                _form(in _value, line.StartField());
                line.EndField(0, Default);
                line.EndColumn(1);
                return;
            }
            _getVector(ref _vector);
            var values = _vector.GetValues();
            var slots = _vector.GetIndices();
            for (var i = 0; i < values.Length; i++)
            {
                _form(in values[i], line.StartField());
                line.EndField(_vector.IsDense ? i : slots[i], Default);
            }
            line.EndColumn(_vector.Length);
        }
    }

    /// <summary>Quotes text that would not come back otherwise: empty, or with quotes, separators, colons, line ends, leading space.</summary>
    static void AppendQuoted(StringBuilder text, ReadOnlySpan<char> value, char separator)
    {
        if (!value.IsEmpty && value[0] != ' ' && value.IndexOfAny(['"', ':', '\n', separator]) < 0)
            text.Append(value);
        else
        {
            text.Append('"');
            foreach (var run in value.Split('"'))
                text.Append(run.Start.Value == 0 ? "" : "\"\"").Append(value[run]);
            text.Append('"');
        }
    }
}

/// <summary>Gathers the fields of one line that are not default, then writes the line dense or sparse, whichever is shorter.</summary>
sealed class TextLine(ColumnText[] columns, char separator, bool isDense)
{
    // How much longer a sparse field is taken to be than a dense one.
    const double SparseWeight = 2.5;

    readonly StringBuilder _field = new();
    char[] _text = new char[1024];
    readonly List<(int Number, int End)> _fields = [];
    // Of each column: where its first field is, and how many fields have been gathered before.
    readonly List<(int Start, int Fields)> _columns = [(0, 0)];

    /// <summary>Number of fields that the line stands for.</summary>
    public int Length => _columns[^1].Start;

    int LastEnd => _fields.Count == 0 ? 0 : _fields[^1].End;

    /// <summary>Where to append the text of the next field.</summary>
    public StringBuilder StartField() => _field.Clear();

    /// <summary>Keeps what was appended as a slot of the column, unless it is the text of the default.</summary>
    public void EndField(int slot, string defaultText)
    {
        if (_field.Equals(defaultText))
            return;
        var (start, end) = (LastEnd, checked(LastEnd + _field.Length));
        if (_text.Length < end)
            Array.Resize(ref _text, Math.Max(end, 2 * _text.Length));
        _field.CopyTo(0, _text, start, _field.Length);
        _fields.Add((Length + slot, end));
    }

    public void EndColumn(int length) => _columns.Add((checked(Length + length), _fields.Count));

    /// <summary>Writes the line and starts the next one.</summary>
    public void Write(TextWriter writer, string defaultText = null)
    {
        var denseColumns = isDense ? columns.Length : CountDenseColumns();
        WriteDense(writer, _columns[denseColumns].Start, defaultText);
        if (denseColumns < columns.Length)
            WriteSparse(writer, denseColumns, defaultText ?? columns[denseColumns].Default);
        writer.WriteLine();
        _fields.Clear();
        _columns.RemoveRange(1, _columns.Count - 1);
    }

    /// <summary>How many columns to write dense: the fewest characters, but no sparse end that is hardly worth it.</summary>
    int CountDenseColumns()
    {
        var best = Enumerable.Range(0, columns.Length + 1)
            .MinBy(i => _columns[i].Start + SparseWeight * (_fields.Count - _columns[i].Fields));
        var dense = _columns[best].Start;
        var sparse = Length - dense;
        return sparse < 5 || sparse < dense / 5 ? columns.Length : best;
    }

    void WriteDense(TextWriter writer, int lim, string defaultText)
    {
        int column = 0, field = 0, start = 0;
        for (var number = 0; number < lim; number++)
        {
            if (number > 0)
                writer.Write(separator);
            while (number >= _columns[column + 1].Start)
                column++;
            if (field < _fields.Count && _fields[field].Number == number)
                WriteField(writer, ref field, ref start);
            else
                writer.Write(defaultText ?? columns[column].Default);
        }
    }

    void WriteSparse(TextWriter writer, int firstColumn, string defaultText)
    {
        var (first, field) = _columns[firstColumn];
        if (first > 0)
            writer.Write(separator);
        writer.Write((Length - first).ToString(CultureInfo.InvariantCulture));
        if (field == _fields.Count)
        {
            // At least one, or the count would be taken for a value.
            writer.Write($"{separator}0:{defaultText}");
            return;
        }
        for (var start = field == 0 ? 0 : _fields[field - 1].End; field < _fields.Count;)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{separator}{_fields[field].Number - first}:"));
            WriteField(writer, ref field, ref start);
        }
    }

    void WriteField(TextWriter writer, ref int field, ref int start)
    {
        var end = _fields[field++].End;
        writer.Write(_text, start, end - start);
        start = end;
    }
}
