using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a transformer's decoder remembers: keys and values of the tokens fed so far, and those of the source, which are computed
/// once.</summary>
sealed class TransformerState : DecoderState
{
    readonly TransformerInput _input;
    readonly TokenTable _table;
    readonly TransformerBlocks _blocks;
    readonly OutputLayer _output;
    readonly KeyValueCache[] _caches;
    readonly KeyValues[]? _sources;
    Tensor? _mask, _attention;
    long[] _sourceOf;
    int _length;

    /// <param name="input">Before the first block.</param>
    /// <param name="table">The tokens' vectors.</param>
    /// <param name="blocks">The decoder.</param>
    /// <param name="output">Behind the last block.</param>
    /// <param name="rows">Sequences.</param>
    /// <param name="sources">Of each block what it looks at in the source; <see langword="null"/> without one.</param>
    /// <param name="mask">Hides padding of the source: [rows x heads, 1, source tokens].</param>
    internal TransformerState(TransformerInput input, TokenTable table, TransformerBlocks blocks, OutputLayer output, long rows,
        KeyValues[]? sources = null, Tensor? mask = null)
    {
        (_input, _table, _blocks, _output, _sources) = (input, table, blocks, output, sources);
        _caches = [.. Enumerable.Range(0, blocks.Count).Select(_ => new KeyValueCache(blocks.Shape.Heads))];
        foreach (var source in sources ?? [])
        {
            source.Keys.DetachFromDisposeScope();
            source.Values.DetachFromDisposeScope();
        }
        _mask = mask?.DetachFromDisposeScope();
        _sourceOf = [.. Enumerable.Range(0, (int)rows).Select(row => (long)row)];
    }

    public override int Rows => _sourceOf.Length;

    public override int Length => _length;

    internal override Tensor Feed(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long count = tokens.shape[1];
        var x = _input.Compute(_table, tokens, _length);
        Tensor? looked = null;
        var sight = new Sight(Rows, Attention.LookBack(count, _length, x), _mask, SourceWeights: _sources is null ? null : weights => looked = weights);
        x = _blocks.Compute(x, sight, _caches, _sources);
        _length += (int)count;
        _attention?.Dispose();
        _attention = looked?.view(Rows, _blocks.Shape.Heads, count, -1).select(2, count - 1).mean([1]).DetachFromDisposeScope();
        return _output.Scores(x.view(Rows, count, -1).select(1, count - 1)).MoveToOuterDisposeScope();
    }

    internal override Tensor? SourceAttention() => _attention?.alias();

    internal override void Keep(Tensor rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var cache in _caches) cache.Keep(rows);
        if (_attention is not null) Replace(ref _attention, _attention.index_select(0, rows));
        long[] numbers = rows.cpu().data<long>().ToArray(), before = _sourceOf;
        _sourceOf = Array.ConvertAll(numbers, row => before[row]);
        // Rows mostly change places with others of the same source: its keys and values stay then.
        if (_sources is null || _sourceOf.AsSpan().SequenceEqual(before)) return;
        for (int i = 0; i < _sources.Length; i++)
        {
            Tensor keys = _sources[i].Keys, values = _sources[i].Values;
            Replace(ref keys!, KeyValueCache.Select(keys, rows, _blocks.Shape.Heads));
            Replace(ref values!, KeyValueCache.Select(values, rows, _blocks.Shape.Heads));
            _sources[i] = new KeyValues(keys, values);
        }
        if (_mask is not null) Replace(ref _mask, KeyValueCache.Select(_mask, rows, _blocks.Shape.Heads));
    }

    static void Replace(ref Tensor? field, Tensor value)
    {
        field?.Dispose();
        field = value.DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        foreach (var cache in _caches) cache.Dispose();
        foreach (var source in _sources ?? [])
        {
            source.Keys.Dispose();
            source.Values.Dispose();
        }
        _mask?.Dispose();
        _attention?.Dispose();
    }
}
