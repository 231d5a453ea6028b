using System.Linq;
using Microsoft.ML.Data.Conversion;

namespace Microsoft.ML.Data;

/// <summary>A batch of lines and the values parsed from it, with everything that one thread needs to do so. Used over and over.</summary>
sealed class RowBlock
{
    readonly FieldScanner _fields;
    readonly ParseLog _log;
    readonly ColumnBuffer[] _active;

    public RowBlock(LineSyntax syntax, LoaderColumn[] columns, bool[] isActive, ParseLog log)
    {
        var reals = new RealSyntax(syntax.DecimalMarker, syntax.EmptyRealIsNaN);
        Columns = columns.Select((column, i) => isActive[i] ? ColumnBuffer.Create(column, reals) : null).ToArray();
        _active = Columns.Where(column => column is not null).ToArray();
        _fields = new(syntax, LastFieldNeeded(syntax, columns, isActive), log);
        _log = log;
    }

    public LineBatch Lines { get; } = new();

    /// <summary>By column; null where it was not asked for.</summary>
    public ColumnBuffer[] Columns { get; }

    public void ParseRow(int row)
    {
        var line = Lines[row];
        var lineNumber = Lines.LineNumber(row);
        var fieldCount = _fields.Scan(line, Lines.Path, lineNumber);
        foreach (var column in _active)
            column.Read(row, _fields, fieldCount, line, lineNumber, _log);
    }

    public RowBlock ParseAll()
    {
        for (var row = 0; row < Lines.Count; row++)
            ParseRow(row);
        _log.AddRows(Lines.Count);
        return this;
    }

    static int LastFieldNeeded(LineSyntax syntax, LoaderColumn[] columns, bool[] isActive)
    {
        var lim = columns.Where((_, i) => isActive[i]).SelectMany(column => column.Segments).Select(segment => segment.Lim).Append(1).Max();
        return (syntax.InputSize > 0 && lim > syntax.InputSize ? syntax.InputSize : lim) - 1;
    }
}
