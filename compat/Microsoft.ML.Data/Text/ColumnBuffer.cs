using System;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The parsed values of one column in a block of rows.</summary>
abstract class ColumnBuffer
{
    protected readonly LoaderColumn Column;
    readonly bool _hasMissing, _isReal;

    protected ColumnBuffer(LoaderColumn column)
    {
        Column = column;
        _hasMissing = MissingValues.Exist(column.ItemType);
        _isReal = column.ItemType.RawType == typeof(float) || column.ItemType.RawType == typeof(double);
    }

    public static ColumnBuffer Create(LoaderColumn column, RealSyntax syntax)
    {
        var buffer = column.Type is VectorDataViewType ? typeof(VectorBuffer<>) : typeof(ScalarBuffer<>);
        return (ColumnBuffer)Activator.CreateInstance(buffer.MakeGenericType(column.ItemType.RawType), column, syntax);
    }

    /// <summary>Reads the value of a row from the fields of its line, which has <paramref name="fieldCount"/> fields.</summary>
    public abstract void Read(int row, FieldScanner fields, int fieldCount, ReadOnlySpan<char> line, long lineNumber, ParseLog log);

    /// <summary>A getter of the values in the row that the cursor stands at, of the block that it stands in.</summary>
    public abstract Delegate MakeGetter(TextCursor cursor, int index);

    /// <summary>Whether fields that a line lacks are NaN rather than 0.</summary>
    protected bool ReadsAbsent(RealSyntax syntax) => syntax.EmptyIsNaN && _isReal;

    protected void ReportBad(ReadOnlySpan<char> text, int? slot, long lineNumber, ParseLog log)
    {
        if (!_hasMissing)
            throw Contracts.Except(slot is null
                ? $"Could not parse value {text} in line {lineNumber}, column {Column.Name}"
                : $"Could not parse value {text} in slot {slot} of column {Column.Name} in line {lineNumber}", []);
        log.BadValue(lineNumber, Column.Name, slot);
    }
}

sealed class ScalarBuffer<T>(LoaderColumn column, RealSyntax syntax) : ColumnBuffer(column)
{
    readonly TextParser<T> _parse = TextParser.For<T>(column.ItemType, syntax);
    readonly T[] _values = new T[LineBatch.Capacity];

    public override void Read(int row, FieldScanner fields, int fieldCount, ReadOnlySpan<char> line, long lineNumber, ParseLog log)
    {
        var number = Column.Segments[0].Min;
        var i = fields.IndexOf(number);
        if (i < fields.Count && fields.NumberAt(i) == number)
        {
            var text = fields.TextAt(i, line);
            if (!_parse(text, out _values[row]))
                ReportBad(text, null, lineNumber, log);
        }
        else if (ReadsAbsent(syntax))
            _parse(default, out _values[row]);
        else
            _values[row] = default;
    }

    public override Delegate MakeGetter(TextCursor cursor, int index)
        => (ValueGetter<T>)((ref T value) => value = ((ScalarBuffer<T>)cursor.CurrentColumn(index))._values[cursor.RowInBlock]);
}

sealed class VectorBuffer<T>(LoaderColumn column, RealSyntax syntax) : ColumnBuffer(column)
{
    readonly TextParser<T> _parse = TextParser.For<T>(column.ItemType, syntax);
    readonly (int Length, int First, int Count)[] _rows = new (int, int, int)[LineBatch.Capacity];
    T[] _values = [];
    int[] _slots = [];

    public override void Read(int row, FieldScanner fields, int fieldCount, ReadOnlySpan<char> line, long lineNumber, ParseLog log)
    {
        var length = Column.FixedSize;
        var present = 0;
        foreach (var segment in Column.Segments)
        {
            var lim = segment.IsVariable ? Math.Max(fieldCount, segment.Min) : segment.Lim;
            if (segment.IsVariable)
                length = checked(length + lim - segment.Min);
            var last = fields.IndexOf(lim);
            present += last - fields.IndexOf(segment.Min);
            if (ReadsAbsent(syntax) && last == fields.Count)
                present += Math.Max(0, lim - Math.Max(segment.Min, fields.Count));
        }

        // Stored sparse if at most half of the slots have text.
        var isDense = present > length / 2;
        var first = row == 0 ? 0 : _rows[row - 1].First + _rows[row - 1].Count;
        var count = isDense ? length : present;
        Reserve(first + count, first, isDense);
        _rows[row] = (length, first, count);

        var at = first;
        var slotBase = 0;
        foreach (var segment in Column.Segments)
        {
            var lim = segment.IsVariable ? Math.Max(fieldCount, segment.Min) : segment.Lim;
            var slotOfField = slotBase - segment.Min;
            var i = fields.IndexOf(segment.Min);
            for (; i < fields.Count && fields.NumberAt(i) < lim; i++)
            {
                var slot = slotOfField + fields.NumberAt(i);
                var text = fields.TextAt(i, line);
                if (!_parse(text, out Place(slot)))
                    ReportBad(text, slot, lineNumber, log);
            }
            if (ReadsAbsent(syntax) && i == fields.Count)
                for (var field = Math.Max(segment.Min, fields.Count); field < lim; field++)
                    _parse(default, out Place(slotOfField + field));
            slotBase += lim - segment.Min;
        }

        ref T Place(int slot)
        {
            if (isDense)
                return ref _values[first + slot];
            _slots[at] = slot;
            return ref _values[at++];
        }
    }

    void Reserve(int size, int used, bool isDense)
    {
        if (_values.Length < size)
            Array.Resize(ref _values, Math.Max(size, 2 * _values.Length));
        if (isDense)
            Array.Clear(_values, used, size - used);
        else if (_slots.Length < size)
            Array.Resize(ref _slots, Math.Max(size, _values.Length));
    }

    public override Delegate MakeGetter(TextCursor cursor, int index) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
    {
        var buffer = (VectorBuffer<T>)cursor.CurrentColumn(index);
        var (length, first, count) = buffer._rows[cursor.RowInBlock];
        var editor = VBufferEditor.Create(ref value, length, count);
        buffer._values.AsSpan(first, count).CopyTo(editor.Values);
        if (count < length)
            buffer._slots.AsSpan(first, count).CopyTo(editor.Indices);
        value = editor.Commit();
    });
}
