using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>
/// Decodes the rows of a batch together, token by token. The state holds the hypotheses that are at work, however many each row has: one while
/// its prefix is fed, then as many as are kept, none when it is done. What the network gives stays on its device but for the few candidates of
/// each hypothesis, which are read once a step; hypotheses are kept on the host.
/// </summary>
sealed class SequenceSearch : IDisposable
{
    readonly DecoderState _state;
    readonly Device _device;
    readonly SpecialTokens _special;
    readonly DecodingOptions _options;
    readonly TokenRules _rules;
    readonly TokenChoice _choice;
    readonly SearchRow[] _rows;
    List<Hypothesis> _live;
    // Tokens to feed, [hypotheses, tokens].
    long[] _next;
    // [hypotheses, length]: what each holds, for rules that depend on it.
    Tensor? _fed;

    /// <param name="state">A row for each that is decoded, fed nothing yet; it stays the caller's.</param>
    /// <param name="device">Where the state is.</param>
    /// <param name="special">Of the vocabulary.</param>
    /// <param name="options">How to decode.</param>
    /// <param name="batch">The rows.</param>
    /// <exception cref="ArgumentException">More results are wanted than beams, or a prefix leaves no room for a token more.</exception>
    public SequenceSearch(DecoderState state, Device device, SpecialTokens special, DecodingOptions options, DecodingBatch batch)
    {
        options.Validate();
        (_state, _device, _special, _options) = (state, device, special, options);
        _rows = [.. Enumerable.Range(0, batch.Rows.Count).Select(index => Row(index, options, batch))];
        _rules = new TokenRules(options, special, device);
        _choice = options.Sampling is null ? new BeamChoice(options, special) : new SampledChoice(options, special, batch.Rows);

        // What all prefixes have is fed at once; not where it is asked what each token looked at.
        int common = options.Attention || _rows.Length == 0 ? 0 : _rows.Min(row => row.Prefix.Length);
        _live = [.. _rows.Select(row => row.Prefix.Take(common).Aggregate(new Hypothesis(row), Given))];
        _next = [.. _rows.SelectMany(row => row.Prefix.Take(common).Prepend(special.Begin))];
        Number();
    }

    static SearchRow Row(int index, DecodingOptions options, DecodingBatch batch)
    {
        int[] prefix = batch.Prefixes?[index] ?? [];
        int room = batch.Limit - prefix.Length;
        if (room < 1)
        {
            throw new ArgumentException($"The prefix of row {batch.Rows[index]} has {prefix.Length} tokens; "
                + $"fewer than {batch.Limit} leave room for more.", nameof(batch));
        }
        int? sourceLength = batch.SourceLengths?[index];
        int maximum = Math.Clamp(options.MaximumLength.For(sourceLength ?? 0), 1, room);
        return new SearchRow
        {
            Index = index, Prefix = prefix, Maximum = maximum, Minimum = Math.Min(options.MinimumLength.For(sourceLength ?? 0), maximum),
            SourceLength = sourceLength,
        };
    }

    /// <summary>Decodes a batch.</summary>
    /// <returns>For each row its results: <see cref="DecodingOptions.Results"/>, or fewer where there are no more.</returns>
    /// <inheritdoc cref="SequenceSearch(DecoderState, Device, SpecialTokens, DecodingOptions, DecodingBatch)"/>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DecodedSequence[][] Decode(DecoderState state, Device device, SpecialTokens special, DecodingOptions options,
        DecodingBatch batch, CancellationToken cancellation = default)
    {
        using var search = new SequenceSearch(state, device, special, options, batch);
        while (search.Step()) cancellation.ThrowIfCancellationRequested();
        return [.. search._rows.Select(row => search._choice.Rank(row.Finished).Select(h => h.ToSequence(options)).ToArray())];
    }

    /// <summary>Decodes a batch of one row and gives its tokens as they come, those of the prefix left out.</summary>
    /// <inheritdoc cref="SequenceSearch(DecoderState, Device, SpecialTokens, DecodingOptions, DecodingBatch)"/>
    /// <exception cref="ArgumentException">More results than one are wanted, or more beams without sampling; the prefix leaves no room.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IAsyncEnumerable<int> Stream(DecoderState state, Device device, SpecialTokens special, DecodingOptions options,
        DecodingBatch batch)
    {
        options.ValidateForStream();
        return Tokens(new SequenceSearch(state, device, special, options, batch));
    }

    static async IAsyncEnumerable<int> Tokens(SequenceSearch search, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using (search)
        {
            int told = search._rows[0].Prefix.Length;
            for (bool more = true; more;)
            {
                more = await Task.Run(search.Step, cancellation).ConfigureAwait(false);
                var latest = more ? search._live[0] : search._rows[0].Finished[0];
                if (latest.Ended || latest.Length == told) continue;
                told = latest.Length;
                yield return latest.Token;
            }
        }
    }

    /// <summary>Feeds the hypotheses' last tokens and chooses the next.</summary>
    /// <returns>Whether there is more to do.</returns>
    bool Step()
    {
        if (_live.Count == 0) return false;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = tensor(_next, [_live.Count, _next.Length / _live.Count], device: _device);
        var logits = _state.Feed(tokens);
        if (_rules.NeedHistory) Remember(_fed is null ? tokens : cat([_fed, tokens], 1));
        int position = _state.Length - 1;
        var attention = Attention();
        var candidates = _live.Exists(h => position >= h.Row.Prefix.Length) ? Propose(logits, position) : default;

        var next = new List<Hypothesis>();
        foreach (var own in _live.GroupBy(h => h.Row, (row, own) => own.ToArray()))
        {
            if (position < own[0].Row.Prefix.Length) next.Add(Given(own[0], own[0].Row.Prefix[position], attention(own[0])));
            else next.AddRange(GoingOn(own[0].Row, [.. _choice.Continue(own, candidates, attention)]));
        }
        if (next.Count > 0) Keep(next);
        _live = next;
        Number();
        return next.Count > 0;
    }

    Candidates Propose(Tensor logits, int position)
    {
        bool[] isShort = [.. _live.Select(h => h.Generated < h.Row.Minimum)];
        var (model, ruled) = _rules.Apply(logits, _fed, isShort.Contains(true) ? tensor(isShort, device: _device) : null);
        var tokens = _choice.Propose(ruled, _live, position);
        using var values = stack([tokens.to(ScalarType.Float64), ruled.gather(1, tokens).to(ScalarType.Float64),
            model.gather(1, tokens).to(ScalarType.Float64)]).cpu();
        return new Candidates((int)tokens.shape[1], MemoryMarshal.Cast<byte, double>(values.bytes).ToArray());
    }

    /// <summary>Sets aside what ended or is as long as it may become.</summary>
    /// <returns>What is still to be continued.</returns>
    List<Hypothesis> GoingOn(SearchRow row, List<Hypothesis> next)
    {
        row.Finished.AddRange(next.Where(h => h.Ended));
        next.RemoveAll(h => h.Ended);
        if (next.Count == 0 || _choice.IsSettled(row, next)) return [];
        if (next[0].Generated < row.Maximum) return next;
        row.Finished.AddRange(next);
        return [];
    }

    void Keep(List<Hypothesis> next)
    {
        _next = [.. next.Select(h => (long)h.Token)];
        long[] places = [.. next.Select(h => (long)h.Parent!.Place)];
        if (places.Length == _live.Count && places.Index().All(p => p.Index == p.Item)) return;
        var kept = tensor(places, device: _device);
        _state.Keep(kept);
        if (_fed is not null) Remember(_fed.index_select(0, kept));
    }

    void Remember(Tensor fed)
    {
        _fed?.Dispose();
        _fed = fed.DetachFromDisposeScope();
    }

    void Number()
    {
        for (int place = 0; place < _live.Count; place++) _live[place].Place = place;
    }

    /// <summary>Where each hypothesis looks in its source, without the padding.</summary>
    Func<Hypothesis, float[]?> Attention()
    {
        if (!_options.Attention || _state.SourceAttention() is not { } attention) return _ => null;
        int width = (int)attention.shape[1];
        var weights = new float[attention.numel()];
        attention.CopyTo(weights);
        return h => weights[(h.Place * width)..(h.Place * width + (h.Row.SourceLength ?? width))];
    }

    static Hypothesis Given(Hypothesis parent, int token) => Given(parent, token, null);

    static Hypothesis Given(Hypothesis parent, int token, float[]? attention) => new(parent.Row, parent, token) { Attention = attention };

    public void Dispose()
    {
        _fed?.Dispose();
        _rules.Dispose();
    }
}
