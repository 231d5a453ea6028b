using System;

namespace Microsoft.ML.Data;

/// <summary>Tells whether a line ends within a quoted field, which then goes on in the next line.</summary>
readonly ref struct QuoteTracker(LineSyntax syntax)
{
    readonly bool _skipsSpaces = !syntax.IsSeparator(' ');

    public bool EndsInQuotes(ReadOnlySpan<char> line, bool startsInQuotes)
    {
        if (line.IsEmpty)
            return startsInQuotes;
        for (var i = 0; i < line.Length; i++)
        {
            if (!startsInQuotes)
                SkipSpaces(line, ref i);
            if (startsInQuotes || i < line.Length && line[i] == '"')
            {
                if (!startsInQuotes)
                    i++;
                if (!TryPassQuotes(line, ref i))
                    return true;
                SkipSpaces(line, ref i);
                // Text after the closing quote is a format error: the rest of the line is given up.
                if (i < line.Length && !syntax.IsSeparator(line[i]))
                    return false;
                startsInQuotes = false;
            }
            else
                while (i < line.Length && !syntax.IsSeparator(line[i]))
                    i++;
        }
        return false;
    }

    void SkipSpaces(ReadOnlySpan<char> line, ref int i)
    {
        while (_skipsSpaces && i < line.Length && line[i] == ' ')
            i++;
    }

    /// <summary>From within quotes to behind the closing one; false if there is none.</summary>
    bool TryPassQuotes(ReadOnlySpan<char> line, ref int i)
    {
        for (; i < line.Length; i++)
        {
            if (syntax.Escape != '"' && line[i] == syntax.Escape)
                i++;
            else if (line[i] == '"')
            {
                // With another escape character ML.NET does not pass the closing quote, so takes it for text after one.
                if (syntax.Escape != '"')
                    return true;
                i++;
                if (i == line.Length || line[i] != '"')
                    return true;
            }
        }
        return false;
    }
}
