using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>
/// Reads ahead a block of rows, runs the network once for all of them, and serves them one by one. Where no column of the
/// network is wanted, blocks are one row and the network never runs.
/// </summary>
sealed class BatchCursor : DataViewRowCursor
{
    readonly BatchRowMapper _mapper;
    readonly DataViewRowCursor _source;
    readonly bool[] _activeOutputs;
    readonly ScoringBlock? _block;
    readonly ColumnBuffer?[] _columns;
    readonly ValueGetter<DataViewRowId> _idGetter;
    readonly DataViewRowId[] _ids;
    readonly long[] _batches;

    long _position = -1;
    int _row = -1;
    int _count;
    bool _ended;

    /// <param name="mapper">What is computed.</param>
    /// <param name="source">The rows.</param>
    /// <param name="needed">The columns that are wanted.</param>
    /// <param name="rows">How many rows the source has at most, at least 1: few need little space.</param>
    public BatchCursor(BatchRowMapper mapper, DataViewRowCursor source, DataViewSchema.Column[] needed, int rows)
    {
        _mapper = mapper;
        _source = source;
        _activeOutputs = mapper.ActiveOutputs(needed);
        _block = mapper.Open(source, _activeOutputs, rows);
        rows = _block?.Capacity ?? 1;
        _columns = new ColumnBuffer?[mapper.InputSchema.Count];
        foreach (var column in needed)
            if (column.Index < _columns.Length)
                _columns[column.Index] ??= ColumnBuffer.Create(source, source.Schema[column.Index], rows);
        _idGetter = source.GetIdGetter();
        _ids = new DataViewRowId[rows];
        _batches = new long[rows];
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;
    public override long Position => _position;
    public override long Batch => _row < 0 ? 0 : _batches[_row];

    public override bool MoveNext()
    {
        if (_row + 1 >= _count && !ReadBlock())
        {
            _position = -1;
            _row = -1;
            return false;
        }
        _row++;
        _position++;
        return true;
    }

    bool ReadBlock()
    {
        _count = 0;
        _row = -1;
        while (!_ended && _count < _ids.Length)
        {
            if (!_source.MoveNext())
            {
                _ended = true;
                break;
            }
            _block?.Read(_count);
            foreach (var column in _columns)
                column?.Fetch(_count);
            _idGetter(ref _ids[_count]);
            _batches[_count] = _source.Batch;
            _count++;
        }
        if (_count > 0)
            _block?.Score(_count);
        return _count > 0;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[Current()];

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _columns.Length
        ? _columns[column.Index] != null
        : _activeOutputs[column.Index - _columns.Length];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw Getters.Inactive(column);
        var output = column.Index - _columns.Length;
        return Getters.Cast<TValue>(
            output < 0
                ? _columns[column.Index]!.CreateGetter(Current)
                : _block!.CreateGetter(output, Current),
            column);
    }

    int Current() => _row >= 0 ? _row
        : throw new InvalidOperationException("The cursor stands on no row: call MoveNext, and read only while it returns true.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
            _block?.Dispose();
        }
        base.Dispose(disposing);
    }
}
