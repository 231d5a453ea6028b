using System;
using Microsoft.ML.Data.Conversion;

namespace Microsoft.ML.Data;

/// <summary>
/// Splits one line at a time into its fields, by number. Fields without text are left out, unless they are to be NaN. Sparse fields
/// ("count index:value index:value") end a line, and stand for count fields.
/// </summary>
sealed class FieldScanner(LineSyntax syntax, int lastNeeded, ParseLog log)
{
    readonly char _separator = syntax.Separators[0];
    readonly bool _isSingleSeparator = syntax.Separators.Length == 1;
    readonly bool _skipsSpaces = !syntax.IsSeparator(' ');
    Field[] _fields = new Field[32];
    char[] _unescaped = [];
    int _unescapedEnd;

    readonly record struct Field(int Number, int Start, int Length, bool IsUnescaped);

    /// <summary>Number of fields that have text.</summary>
    public int Count { get; private set; }

    public int NumberAt(int i) => _fields[i].Number;

    public ReadOnlySpan<char> TextAt(int i, ReadOnlySpan<char> line)
    {
        ref readonly var field = ref _fields[i];
        return (field.IsUnescaped ? _unescaped : line).Slice(field.Start, field.Length);
    }

    /// <summary>The first of the fields with text whose number is not below this one.</summary>
    public int IndexOf(int number)
    {
        // Mostly no field is empty.
        if (number < Count && _fields[number].Number == number)
            return number;
        int low = 0, high = Math.Min(Count, number);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_fields[middle].Number < number)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Scans up to the last field that is needed and returns the number of fields that the line has, as far as seen.</summary>
    public int Scan(ReadOnlySpan<char> line, string path = null, long lineNumber = 0)
    {
        Count = 0;
        _unescapedEnd = 0;
        if (syntax.TrimWhitespace)
            line = line.TrimEnd();
        var scan = new Position(path, lineNumber);
        return syntax.Sparse ? ScanSparse(line, ref scan) : ScanDense(line, ref scan);
    }

    struct Position(string path, long lineNumber)
    {
        public readonly string Path = path;
        public readonly long LineNumber = lineNumber;
        public int Next, Start, End;
        public int SparseIndex;
        public bool IsLast, IsMalformed;
        public Field Text;
    }

    int ScanDense(ReadOnlySpan<char> line, ref Position scan)
    {
        var number = 0;
        do
        {
            ReadField(line, ref scan);
            if (scan.IsMalformed)
                Report(scan, "Illegal quoting");
            if (scan.Text.Length > 0 || syntax.EmptyRealIsNaN)
                Add(scan.Text, number);
        }
        while (++number <= lastNeeded && !scan.IsLast);
        return number;
    }

    int ScanSparse(ReadOnlySpan<char> line, ref Position scan)
    {
        var number = 0;
        while (true)
        {
            ReadField(line, ref scan);
            if (scan.IsMalformed)
                Report(scan, "Illegal quoting");
            if (scan.SparseIndex >= 0)
                return ScanSparseRest(line, ref scan, number);
            if (scan.Text.Length > 0)
                Add(scan.Text, number);
            // One field more than needed: it may turn out to be the count of the sparse ones.
            if (number++ > lastNeeded || scan.IsLast)
                return Math.Max(number, syntax.InputSize);
        }
    }

    /// <summary>From the first sparse field on, which <paramref name="scan"/> stands at.</summary>
    int ScanSparseRest(ReadOnlySpan<char> line, ref Position scan, int number)
    {
        int first, count, last = lastNeeded;
        if (syntax.InputSize > 0)
            (first, count) = (Count, syntax.InputSize - Count);
        else
        {
            if (Count == 0 || _fields[Count - 1].Number != number - 1)
            {
                Report(scan, "Missing dimensionality or ambiguous sparse item. Use sparse=- for non-sparse file, and/or quote the value.");
                return Math.Max(number, syntax.InputSize);
            }
            if (!TextParser.TryParseSigned(TextAt(Count - 1, line), out count) || count <= 0)
            {
                Report(scan, "Bad dimensionality or ambiguous sparse item. Use sparse=- for non-sparse file, and/or quote the value.");
                return Math.Max(number, syntax.InputSize);
            }
            first = _fields[--Count].Number;
            count = Math.Min(count, Segment.OpenEnd - first - 1);
            last = Math.Min(last, first + count - 1);
        }

        for (var previous = -1; ;)
        {
            if (scan.SparseIndex < 0)
            {
                Report(scan, "Non-sparse formatted value follows sparse formatted value");
                break;
            }
            if (scan.SparseIndex > last - first)
            {
                if (scan.SparseIndex >= count)
                {
                    Report(scan, "Sparse item index larger than expected. Is the specified size incorrect?");
                    break;
                }
                if (scan.SparseIndex > last - first + 1)
                    break;
            }
            if (previous >= scan.SparseIndex)
            {
                Report(scan, "Sparse indices out of order");
                break;
            }
            previous = scan.SparseIndex;
            if (scan.Text.Length > 0)
                Add(scan.Text, first + scan.SparseIndex);
            if (scan.IsLast)
                break;
            ReadField(line, ref scan);
            if (scan.IsMalformed)
                Report(scan, "Illegal quoting");
        }
        return first + count;
    }

    void Report(in Position scan, string problem) => log?.Malformed(scan.Path, scan.LineNumber, scan.Start + 1, scan.End + 1, problem);

    void Add(Field field, int number)
    {
        if (Count == _fields.Length)
            Array.Resize(ref _fields, 2 * Count);
        _fields[Count++] = field with { Number = number };
    }

    void ReadField(ReadOnlySpan<char> line, ref Position scan)
    {
        var i = scan.Next;
        SkipSpaces(line, ref i);
        scan.Start = i;
        scan.SparseIndex = -1;
        scan.IsMalformed = false;
        scan.Text = default;
        if (syntax.Sparse)
            ReadSparseIndex(line, ref i, ref scan.SparseIndex);

        if (syntax.Quoting && i < line.Length && line[i] == '"')
        {
            scan.Text = ReadQuoted(line, ref i, ref scan.IsMalformed);
            // Only spaces may follow; a malformed field has no text.
            for (; i < line.Length && !syntax.IsSeparator(line[i]); i++)
                scan.IsMalformed |= line[i] != ' ';
            if (scan.IsMalformed)
                scan.Text = default;
        }
        else if (i < line.Length)
        {
            var length = _isSingleSeparator ? line[i..].IndexOf(_separator) : line[i..].IndexOfAny(syntax.Separators);
            if (length < 0)
                length = line.Length - i;
            scan.Text = new(0, i, length, false);
            i += length;
        }

        scan.End = i;
        scan.IsLast = i >= line.Length;
        scan.Next = i + 1;
    }

    void SkipSpaces(ReadOnlySpan<char> line, ref int i)
    {
        if (_skipsSpaces)
            while (i < line.Length && line[i] == ' ')
                i++;
    }

    /// <summary>Passes "digits:", at most 9 digits.</summary>
    void ReadSparseIndex(ReadOnlySpan<char> line, ref int i, ref int index)
    {
        int end = i, value = 0;
        while (end < line.Length && end < i + 9 && char.IsAsciiDigit(line[end]))
            value = 10 * value + (line[end++] - '0');
        if (end == i || end == line.Length || line[end] != ':')
            return;
        index = value;
        i = end + 1;
        SkipSpaces(line, ref i);
    }

    /// <summary>Reads from the opening quote to behind the closing one.</summary>
    Field ReadQuoted(ReadOnlySpan<char> line, ref int i, ref bool isMalformed)
    {
        var first = ++i;
        var run = first;
        var start = _unescapedEnd;
        var isUnescaped = false;
        for (; i < line.Length; i++)
        {
            var c = line[i];
            var isEscape = syntax.Escape == '"' ? c == '"' && i + 1 < line.Length && line[i + 1] == '"' : c == syntax.Escape;
            if (isEscape)
            {
                i++;
                // An escape before anything but a quote stays in the text.
                if (i < line.Length && line[i] == '"')
                {
                    Unescape(line[run..(i - 1)]);
                    run = i;
                    isUnescaped = true;
                }
            }
            else if (c == '"')
            {
                var end = i++;
                if (!isUnescaped)
                    return new(0, first, end - first, false);
                Unescape(line[run..end]);
                return new(0, start, _unescapedEnd - start, true);
            }
        }
        i = line.Length;
        isMalformed = true;
        return default;
    }

    void Unescape(ReadOnlySpan<char> text)
    {
        if (_unescapedEnd + text.Length > _unescaped.Length)
            Array.Resize(ref _unescaped, Math.Max(2 * _unescaped.Length, _unescapedEnd + text.Length + 64));
        text.CopyTo(_unescaped.AsSpan(_unescapedEnd));
        _unescapedEnd += text.Length;
    }
}
