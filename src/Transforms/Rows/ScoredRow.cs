using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>One row seen through a scorer, as the prediction engine uses it: scored once for each position, however many columns are read.</summary>
sealed class ScoredRow : DataViewRow
{
    readonly BatchRowMapper _mapper;
    readonly DataViewRow _input;
    readonly bool[] _activeInputs;
    readonly bool[] _activeOutputs;
    readonly ScoringBlock? _block;
    long _scored = long.MinValue;

    public ScoredRow(BatchRowMapper mapper, DataViewRow input, DataViewSchema.Column[] activeColumns)
    {
        _mapper = mapper;
        _input = input;
        _activeInputs = new bool[mapper.InputSchema.Count];
        foreach (var column in activeColumns)
            if (column.Index < _activeInputs.Length)
                _activeInputs[column.Index] = true;
        _activeOutputs = mapper.ActiveOutputs(activeColumns);
        _block = mapper.Open(input, _activeOutputs, most: 1);
    }

    public override long Position => _input.Position;
    public override long Batch => _input.Batch;
    public override DataViewSchema Schema => _mapper.OutputSchema;
    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _activeInputs.Length
        ? _activeInputs[column.Index]
        : _activeOutputs[column.Index - _activeInputs.Length];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw Getters.Inactive(column);
        if (column.Index < _activeInputs.Length)
            return _input.GetGetter<TValue>(_input.Schema[column.Index]);
        return Getters.Cast<TValue>(_block!.CreateGetter(column.Index - _activeInputs.Length, Scored), column);
    }

    /// <summary>The place of the row, once it is scored.</summary>
    int Scored()
    {
        if (_scored != _input.Position)
        {
            _block!.Read(0);
            _block.Score(1);
            _scored = _input.Position;
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
            _block?.Dispose();
        }
        base.Dispose(disposing);
    }
}
