using Extensions.ML.Trainers;
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
    readonly float[]?[] _outputs;
    readonly FeatureBlock? _features;
    readonly IRowInputReader? _reader;
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
        _outputs = mapper.AllocateOutputs(_activeOutputs, 1);
        if (_activeOutputs.Contains(true))
        {
            _features = new FeatureBlock(1, mapper.Scorer.Input.Size);
            _reader = mapper.ReadInput(input);
        }
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
        var output = column.Index - _activeInputs.Length;
        return Getters.Cast<TValue>(_mapper.Scorer.Outputs[output].CreateGetter(() => Scored(output), () => 0), column);
    }

    float[] Scored(int output)
    {
        if (_scored != _input.Position)
        {
            _reader!.ReadChecked(_features![0]);
            _mapper.Scorer.Score(_features, 1, _outputs);
            _scored = _input.Position;
        }
        return _outputs[output]!;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
            _features?.Dispose();
        }
        base.Dispose(disposing);
    }
}
