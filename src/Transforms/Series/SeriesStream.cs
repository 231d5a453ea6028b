using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>A series that arrives step by step. Made by <see cref="SeriesAnomalyTransformer.OpenStream"/>; for one thread at a time.</summary>
public sealed class SeriesStream : IDisposable
{
    readonly IFeatureScorer _scorer;
    readonly SeriesWindow _window;
    readonly int _width;
    readonly FeatureBlock _block;
    readonly float[] _score = new float[1];
    readonly float[]?[] _outputs;
    long _steps;

    internal SeriesStream(IFeatureScorer scorer, SeriesWindow window, int width)
    {
        (_scorer, _window, _width) = (scorer, window, width);
        _block = new FeatureBlock(1, scorer.Input.Size);
        _outputs = new float[scorer.Outputs.Count][];
        _outputs[1] = _score;
    }

    /// <summary>Takes in the next step and scores it.</summary>
    /// <param name="values">The values of the step.</param>
    /// <param name="time">Its time; not used by a detector that was trained without times.</param>
    /// <returns>The score: above 0 for an anomaly.</returns>
    /// <exception cref="ArgumentException">The step has another number of values than in training.</exception>
    /// <exception cref="InvalidRowException">A value is NaN or infinite; the step is not taken in.</exception>
    public float Score(ReadOnlySpan<float> values, DateTime time = default)
    {
        if (values.Length != _width)
            throw new ArgumentException($"Expected {_width} values, got {values.Length}.", nameof(values));
        FeatureScaler.CheckFinite(values, _steps);
        _steps++;
        _window.Add(values, time);
        _window.Values.CopyTo(_block[0]);
        _scorer.Score(_block, 1, _outputs);
        return _score[0];
    }

    /// <summary>Takes in the next step of a series of one value and scores it.</summary>
    /// <inheritdoc cref="Score(ReadOnlySpan{float}, DateTime)"/>
    public float Score(float value, DateTime time = default) => Score([value], time);

    /// <summary>Frees the stream's memory; the detector stays.</summary>
    public void Dispose() => _block.Dispose();
}
