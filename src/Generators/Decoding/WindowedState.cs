using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>
/// Sequences longer than what the network can look at. When its window is full, it begins anew with the last half of it, so that a token costs
/// about as much as ever and is told from at least half a window.
/// </summary>
sealed class WindowedState : DecoderState
{
    readonly Func<int, DecoderState> _start;
    readonly int _window;
    DecoderState _state;
    // [rows, length]: the last tokens that were fed, at most a window.
    Tensor? _fed;
    int _length;

    /// <param name="start">Begins the network's own state for a number of rows.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="window">The most tokens that it can be fed, at least 2.</param>
    public WindowedState(Func<int, DecoderState> start, int rows, int window) => (_start, _window, _state) = (start, window, start(rows));

    public override int Rows => _state.Rows;

    public override int Length => _length;

    internal override Tensor Feed(Tensor tokens)
    {
        _length += (int)tokens.shape[1];
        using (var all = _fed is null ? tokens.alias() : cat([_fed, tokens], 1)) Remember(Last(all, _window).clone());
        if (_state.Length + tokens.shape[1] <= _window) return _state.Feed(tokens);
        int rows = Rows;
        _state.Dispose();
        _state = _start(rows);
        using var half = Last(_fed!, _window / 2);
        return _state.Feed(half);
    }

    static Tensor Last(Tensor tokens, int count)
    {
        long kept = Math.Min(tokens.shape[1], count);
        return tokens.narrow(1, tokens.shape[1] - kept, kept);
    }

    internal override void Keep(Tensor rows)
    {
        _state.Keep(rows);
        if (_fed is not null) Remember(_fed.index_select(0, rows));
    }

    void Remember(Tensor fed)
    {
        _fed?.Dispose();
        _fed = fed.DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        _state.Dispose();
        _fed?.Dispose();
    }
}
