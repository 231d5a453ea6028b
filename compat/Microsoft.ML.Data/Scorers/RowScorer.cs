using System;
using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The scores of the current row of a cursor, computed once a row however many columns are made of them.</summary>
sealed class RowScorer
{
    readonly IScoringModel _model;
    readonly DataViewRow _row;
    readonly ValueGetter<VBuffer<float>> _getFeatures;
    readonly float[] _dense;
    readonly float[] _scores;
    VBuffer<float> _features;
    long _position = -1;

    RowScorer(IScoringModel model, DataViewRow row, DataViewSchema.Column features)
    {
        _model = model;
        _row = row;
        _getFeatures = row.GetGetter<VBuffer<float>>(features);
        _dense = new float[model.InputSize];
        _scores = new float[Math.Max(1, model.ScoreSize)];
    }

    /// <summary>Gives the scorer of a row, the same one for all columns of a mapping.</summary>
    public static Func<DataViewRow, RowScorer> Shared(IScoringModel model, DataViewSchema.Column features)
    {
        var scorers = new ConditionalWeakTable<DataViewRow, RowScorer>();
        return row => scorers.GetValue(row, key => new RowScorer(model, key, features));
    }

    public ReadOnlySpan<float> Scores
    {
        get
        {
            // Outside of the rows the getter below says so.
            if (_position >= 0 && _position == _row.Position)
                return _scores;
            _getFeatures(ref _features);
            if (_features.Length != _dense.Length)
                throw Contracts.Except("Incorrect number of features: expected {0}, got {1}", _dense.Length, _features.Length);
            if (_features.IsDense)
                _model.Score(_features.GetValues(), _scores);
            else
            {
                _features.CopyTo(_dense);
                _model.Score(_dense, _scores);
            }
            _position = _row.Position;
            return _scores;
        }
    }

    public float Score => Scores[0];

    /// <summary>The first class of the highest score, as a key: 1-based, 0 if all scores are NaN.</summary>
    public uint KeyOfHighest
    {
        get
        {
            uint key = 0;
            var highest = float.NegativeInfinity;
            var scores = Scores;
            for (var i = scores.Length - 1; i >= 0; i--)
                if (scores[i] >= highest)
                    (highest, key) = (scores[i], (uint)i + 1);
            return key;
        }
    }

    /// <summary>The same for the lowest score.</summary>
    public uint KeyOfLowest
    {
        get
        {
            uint key = 0;
            var lowest = float.PositiveInfinity;
            var scores = Scores;
            for (var i = scores.Length - 1; i >= 0; i--)
                if (scores[i] <= lowest)
                    (lowest, key) = (scores[i], (uint)i + 1);
            return key;
        }
    }
}
