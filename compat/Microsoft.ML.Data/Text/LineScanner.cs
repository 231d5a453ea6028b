using System;
using System.IO;

namespace Microsoft.ML.Data;

/// <summary>Splits text into lines without making a string of each.</summary>
sealed class LineScanner(TextReader reader)
{
    char[] _buffer = new char[1 << 16];
    int _start, _end;
    bool _atEnd;

    /// <summary>The next line without its end; it stands until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<char> line)
    {
        for (var searched = 0; ;)
        {
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest[searched..].IndexOfAny('\r', '\n');
            if (length >= 0)
            {
                length += searched;
                var isLast = length + 1 == rest.Length;
                // A carriage return at the end of the buffer may be the first half of a line end.
                if (!isLast || rest[length] == '\n' || _atEnd)
                {
                    line = rest[..length];
                    _start += length + (!isLast && rest[length] == '\r' && rest[length + 1] == '\n' ? 2 : 1);
                    return true;
                }
                searched = length;
            }
            else if (_atEnd)
            {
                line = rest;
                _start = _end;
                return rest.Length > 0;
            }
            else
                searched = rest.Length;
            Fill();
        }
    }

    void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, checked(2 * _buffer.Length));
        var read = reader.Read(_buffer, _end, _buffer.Length - _end);
        _atEnd = read == 0;
        _end += read;
    }
}
