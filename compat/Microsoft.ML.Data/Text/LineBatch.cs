using System;

namespace Microsoft.ML.Data;

/// <summary>Some lines of one file, without comments, blank lines and header.</summary>
sealed class LineBatch
{
    /// <summary>As many as ML.NET takes: a batch is what cursors of a set share out.</summary>
    public const int Capacity = 64;

    readonly int[] _starts = new int[Capacity + 1];
    readonly long[] _lineNumbers = new long[Capacity];
    char[] _text = new char[4096];

    public string Path { get; private set; }

    /// <summary>Position of the first line among the rows of all files.</summary>
    public long FirstRow { get; private set; }

    /// <summary>Position of the batch among all batches.</summary>
    public long Number { get; private set; }

    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int i] => _text.AsSpan(_starts[i], _starts[i + 1] - _starts[i]);

    public long LineNumber(int i) => _lineNumbers[i];

    public void Reset(string path, long firstRow, long number)
    {
        (Path, FirstRow, Number, Count) = (path, firstRow, number, 0);
        _starts[1] = 0;
    }

    /// <summary>Adds to the line that is being written; <see cref="EndLine"/> closes it.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        ref var end = ref _starts[Count + 1];
        if (end > _text.Length - text.Length)
            Array.Resize(ref _text, Math.Max(2 * _text.Length, checked(end + text.Length)));
        text.CopyTo(_text.AsSpan(end));
        end += text.Length;
    }

    public void EndLine(long lineNumber)
    {
        _lineNumbers[Count++] = lineNumber;
        if (Count < Capacity)
            _starts[Count + 1] = _starts[Count];
    }
}
