using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>
/// Reads ahead a block of rows, runs the network once for all of them, and serves them one by one. Where no column of the
/// network is wanted, blocks are one row and the network never runs.
/// </summary>
sealed class BatchCursor : DataViewRowCursor
{
    const int BlockBytes = 2 << 20;

    readonly BatchRowMapper _mapper;
    readonly DataViewRowCursor _source;
    readonly bool[] _activeOutputs;
    readonly float[]?[] _outputs;
    readonly FeatureBlock? _features;
    readonly IRowInputReader? _reader;
    readonly ColumnBuffer?[] _columns;
    readonly ValueGetter<DataViewRowId> _idGetter;
    readonly DataViewRowId[] _ids;
    readonly long[] _batches;

    long _position = -1;
    int _row = -1;
    int _count;
    bool _ended;

    public BatchCursor(BatchRowMapper mapper, DataViewRowCursor source, DataViewSchema.Column[] needed)
    {
        _mapper = mapper;
        _source = source;
        _activeOutputs = mapper.ActiveOutputs(needed);
        var scoring = _activeOutputs.Contains(true);
        var rows = scoring ? RowsOfBlock(mapper.Scorer.Input.Size) : 1;
        _outputs = mapper.AllocateOutputs(_activeOutputs, rows);
        _features = scoring ? new FeatureBlock(rows, mapper.Scorer.Input.Size) : null;
        _reader = scoring ? mapper.ReadInput(source) : null;
        _columns = new ColumnBuffer?[mapper.InputSchema.Count];
        foreach (var column in needed)
            if (column.Index < _columns.Length)
                _columns[column.Index] ??= ColumnBuffer.Create(source, source.Schema[column.Index], rows);
        _idGetter = source.GetIdGetter();
        _ids = new DataViewRowId[rows];
        _batches = new long[rows];
    }

    // Enough that the matrix products run at full speed, for which they pack the weights anew in every block; few enough that a block
    // stays in the cache that the processor's cores share.
    static int RowsOfBlock(int width) => Math.Clamp(BlockBytes / sizeof(float) / width, 16, 512);

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
            _reader?.ReadChecked(_features![_count]);
            foreach (var column in _columns)
                column?.Fetch(_count);
            _idGetter(ref _ids[_count]);
            _batches[_count] = _source.Batch;
            _count++;
        }
        if (_count > 0 && _features != null)
            _mapper.Scorer.Score(_features, _count, _outputs);
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
                : _mapper.Scorer.Outputs[output].CreateGetter(() => _outputs[output]!, Current),
            column);
    }

    int Current() => _row >= 0 ? _row
        : throw new InvalidOperationException("The cursor stands on no row: call MoveNext, and read only while it returns true.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
            _features?.Dispose();
        }
        base.Dispose(disposing);
    }
}
