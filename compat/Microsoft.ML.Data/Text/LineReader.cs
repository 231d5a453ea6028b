using System;
using System.IO;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Reads the lines of several files one after the other. Blank lines and lines that begin with // are skipped, at the top of
/// each file also those that begin with #, and then the header.
/// </summary>
sealed class LineReader(IMultiStreamSource files, LineSyntax syntax, bool skipHeader, long maxLines) : IDisposable
{
    TextReader _reader;
    LineScanner _lines;
    int _nextFile;
    long _lineNumber, _row;
    long _batch;
    bool _atTop;

    /// <summary>Fills the batch; false at the end of the last file. A batch does not reach over the end of a file.</summary>
    public bool TryRead(LineBatch batch)
    {
        try
        {
            while (_row < maxLines && (_lines is not null || TryOpenNext()))
            {
                batch.Reset(files.GetPathOrNull(_nextFile - 1), _row, _batch);
                while (batch.Count < LineBatch.Capacity && _row < maxLines)
                {
                    if (!TryReadLine(batch))
                    {
                        Close();
                        break;
                    }
                }
                if (batch.Count > 0)
                {
                    _batch++;
                    return true;
                }
            }
            return false;
        }
        catch (Exception e)
        {
            throw Contracts.ExceptDecode(null, e, "Stream reading encountered exception");
        }
    }

    bool TryOpenNext()
    {
        if (_nextFile == files.Count)
            return false;
        _reader = files.OpenTextReader(_nextFile++);
        _lines = new(_reader);
        _lineNumber = 0;
        _atTop = true;
        return true;
    }

    /// <summary>Adds the next line that counts to the batch; false at the end of the file.</summary>
    bool TryReadLine(LineBatch batch)
    {
        while (_lines.TryRead(out var line))
        {
            _lineNumber++;
            if (line.IsEmpty || line.StartsWith("//") || _atTop && line[0] == '#')
                continue;
            var isHeader = _atTop && skipHeader;
            _atTop = false;
            if (!isHeader)
                batch.Append(line);
            if (syntax.Multilines)
                ReadRestOfRow(line, isHeader ? null : batch);
            if (isHeader)
                continue;
            batch.EndLine(_lineNumber);
            _row++;
            return true;
        }
        return false;
    }

    // A row of several lines counts as one line.
    void ReadRestOfRow(ReadOnlySpan<char> line, LineBatch batch)
    {
        var quotes = new QuoteTracker(syntax);
        var isOpen = quotes.EndsInQuotes(line, startsInQuotes: false);
        while (isOpen)
        {
            if (!_lines.TryRead(out line))
                throw new EndOfStreamException($"A quoted field opened on line {_lineNumber - 1} was never closed, "
                    + "and we've read to the last line in the file without finding the closing quote");
            batch?.Append("\n");
            batch?.Append(line);
            isOpen = quotes.EndsInQuotes(line, startsInQuotes: true);
        }
    }

    void Close()
    {
        _reader?.Dispose();
        (_reader, _lines) = (null, null);
    }

    public void Dispose() => Close();

    /// <summary>The options that a file describes itself by: the text of the lines at its top that begin with #@.</summary>
    public static string ReadEmbeddedOptions(IMultiStreamSource files)
    {
        if (files.Count == 0)
            return "";
        var text = new StringBuilder();
        using var reader = files.OpenTextReader(0);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line.StartsWith("//"))
                continue;
            if (line[0] != '#')
                break;
            if (line.StartsWith("#@"))
                text.Append(line.AsSpan(2).Trim()).Append(' ');
        }
        return text.ToString();
    }
}
