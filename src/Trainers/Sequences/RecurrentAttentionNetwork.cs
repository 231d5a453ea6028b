using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What the decoder of a <see cref="RecurrentAttentionNetwork"/> looks at.</summary>
/// <param name="Tokens">States of both directions: [rows, source tokens, 2 x state size].</param>
/// <param name="Keys">[rows, source tokens, attention size]</param>
/// <param name="Mask">Hides padding: [rows, source tokens]; <see langword="null"/> where there is none.</param>
readonly record struct ReadSource(Tensor Tokens, Tensor Keys, Tensor? Mask);

/// <summary>The network of a <see cref="RecurrentAttentionTranslation"/>.</summary>
sealed class RecurrentAttentionNetwork : TranslationNetwork
{
    readonly int padding;
    readonly double dropout;
    readonly TokenTable table;
    readonly TokenTable? sourceTable;
    readonly DenseLayer? output;
    readonly RecurrentLayers forwards, backwards, decoder;
    readonly DenseLayer start, readout;
    readonly AdditiveAttention attention;

    internal RecurrentAttentionNetwork(RecurrentAttentionTranslation design, TranslationArchitecture architecture, int seed)
        : base(nameof(RecurrentAttentionNetwork))
    {
        var random = new SeededRandom(seed);
        (padding, dropout) = (architecture.Special.Padding, design.Dropout);
        int size = design.EmbeddingSize, state = design.StateSize;
        table = new TokenTable(architecture.VocabularySize, size, random);
        if (!architecture.SharedVocabulary) sourceTable = new TokenTable(architecture.SourceVocabularySize, size, random);
        forwards = new RecurrentLayers(RecurrentCell.Gru, size, state, 1, random);
        backwards = new RecurrentLayers(RecurrentCell.Gru, size, state, 1, random);
        start = new DenseLayer(state, state, Activation.Tanh, random);
        attention = new AdditiveAttention(state, 2 * state, design.AttentionSize, random);
        decoder = new RecurrentLayers(RecurrentCell.Gru, size + 2 * state, state, 1, random);
        readout = new DenseLayer(size + 3 * state, size, Activation.Tanh, random);
        if (!design.TiedEmbeddings) output = new DenseLayer(size, architecture.VocabularySize, Activation.Identity, random);
        RegisterComponents();
        DenseLayer.StartGlorot(this, random);
    }

    internal override OutputLayer Output => output is null ? new(table.Weight, null) : output.AsOutput();

    internal override Tensor States(Tensor source, Tensor target, AttentionRecorder? attention = null)
    {
        var (read, state) = Read(source);
        var (states, _, weights) = Advance(target, read, state);
        attention?.Cross.Add(stack(weights, 1)); // one head: [rows, target tokens, source tokens]
        return states;
    }

    internal override DecoderState Start(Tensor source)
    {
        var (read, state) = Read(source);
        return new RecurrentAttentionState(this, read, state);
    }

    /// <summary>Reads sources from both ends (section 3.2).</summary>
    /// <param name="source">[rows, source tokens] Int64</param>
    /// <returns>What was read, and the first state of the decoder: that of the way back, at the first token, through a layer (appendix
    /// A.2.2).</returns>
    (ReadSource Read, RecurrentState State) Read(Tensor source)
    {
        var (rows, tokens) = (source.shape[0], source.shape[1]);
        var absent = source.eq(padding);
        bool padded = absent.any().item<bool>();
        var x = Drop((sourceTable ?? table).forward(source)).view(rows, tokens, -1);
        // Each row backwards with its padding left behind: place t of a row of n tokens goes to n - 1 - t, and padding stays.
        var places = arange(tokens, device: source.device).unsqueeze(0);
        var lengths = absent.logical_not().sum(1, keepdim: true);
        var reversed = padded ? where(places.lt(lengths), lengths - 1 - places, places) : (tokens - 1 - places).expand(rows, tokens);
        Tensor Turn(Tensor x) => x.gather(1, reversed.unsqueeze(2).expand(-1, -1, x.shape[2]));
        var back = Turn(backwards.forward(Turn(x)));
        var states = Drop(cat([forwards.forward(x), back], 2));
        var mask = padded ? zeros(source.shape, dtype: x.dtype, device: x.device).masked_fill_(absent, float.NegativeInfinity) : null;
        return (new ReadSource(states, attention.Keys(states), mask), new RecurrentState(start.forward(back.select(1, 0)).unsqueeze(0), null));
    }

    /// <summary>Feeds tokens one after the other.</summary>
    /// <param name="target">[rows, tokens] Int64</param>
    /// <param name="read">What <see cref="Read"/> gave.</param>
    /// <param name="state">The state before.</param>
    /// <returns>What tells the tokens to follow, [rows x tokens, size]; the state after the last; and the attention of each token, [rows, source
    /// tokens].</returns>
    internal (Tensor States, RecurrentState Last, List<Tensor> Attention) Advance(Tensor target, ReadSource read, RecurrentState state)
    {
        long rows = target.shape[0], tokens = target.shape[1];
        var x = Drop(table.forward(target)).view(rows, tokens, -1);
        var (states, seen, weights) = (new List<Tensor>(), new List<Tensor>(), new List<Tensor>());
        for (long t = 0; t < tokens; t++)
        {
            var (mean, shares) = attention.Look(state.Hidden.select(0, 0), read.Keys, read.Tokens, read.Mask);
            var (output, next) = decoder.Continue(cat([x.select(1, t), mean], 1).unsqueeze(1), state);
            states.Add(output.select(1, 0));
            seen.Add(mean);
            weights.Add(shares);
            state = next;
        }
        var told = cat([stack(states, 1), x, stack(seen, 1)], 2).view(rows * tokens, -1);
        return (Drop(readout.forward(told)), state, weights);
    }

    Tensor Drop(Tensor x) => training && dropout > 0 ? nn.functional.dropout(x, dropout) : x;

    /// <inheritdoc/>
    /// <remarks>Gives <c>source_mask</c>, [rows, source tokens], <c>source_states</c>, [rows, source tokens, 2 x state size], <c>source_keys</c>, [rows,
    /// source tokens, attention size], and the first <c>state</c> of the decoder, [rows, state size].</remarks>
    internal override void ExportEncoder(OnnxGraph graph)
    {
        var source = graph.Input(TokensName, OnnxType.Int64, OnnxSize.Rows, SourceLength);
        var x = (sourceTable ?? table).forward(source);
        var places = source.size(1).arange(); // [tokens]
        var lengths = source.eq(graph.Integer(padding)).logical_not().to(OnnxType.Int64).sum(1, keepdim: true);
        var reversed = places.lt(lengths).where(lengths - 1 - places, places);
        OnnxTensor Turn(OnnxTensor x, int size) => x.gather(1, reversed.unsqueeze(2).expand(1, 1, size));
        int width = (int)table.Weight.shape[1];
        var back = Turn(Run(backwards, Turn(x, width)), start.InputSize);
        var states = graph.Cat(2, Run(forwards, x), back);
        graph.Output(MaskName, Hide(source, padding), OnnxSize.Rows, SourceLength);
        graph.Output("source_states", states, OnnxSize.Rows, SourceLength, 2 * start.InputSize);
        graph.Output("source_keys", attention.Keys(states), OnnxSize.Rows, SourceLength, attention.Size);
        graph.Output("state", start.forward(back.narrow(1, 0, 1).squeeze(1)), OnnxSize.Rows, start.OutputSize);

        static OnnxTensor Run(RecurrentLayers layers, OnnxTensor x) => layers.forward(x.permute(1, 0, 2)).States.permute(1, 0, 2);
    }

    /// <inheritdoc/>
    /// <remarks>What is remembered is <c>past_state</c>, [rows, state size], which comes out as <c>state</c>.</remarks>
    internal override void ExportDecoder(OnnxGraph graph)
    {
        var tokens = graph.Input(TokensName, OnnxType.Int64, OnnxSize.Rows, 1);
        var mask = graph.Input(MaskName, OnnxType.Single, OnnxSize.Rows, SourceLength);
        var states = graph.Input("source_states", OnnxType.Single, OnnxSize.Rows, SourceLength, 2 * start.InputSize);
        var keys = graph.Input("source_keys", OnnxType.Single, OnnxSize.Rows, SourceLength, attention.Size);
        var state = graph.Input("past_state", OnnxType.Single, OnnxSize.Rows, start.OutputSize);
        var x = table.forward(tokens).squeeze(1); // [rows, size]
        var (seen, weights) = attention.Look(state, keys, states, mask);
        var (output, next) = decoder.forward(graph.Cat(1, x, seen).unsqueeze(0), state.unsqueeze(0));
        var told = readout.forward(graph.Cat(1, output.squeeze(0), x, seen));
        graph.Output(LogitsName, Output.Scores(told), OnnxSize.Rows, table.Weight.shape[0]);
        graph.Output(AttentionName, weights, OnnxSize.Rows, SourceLength);
        graph.Output("state", next.squeeze(0), OnnxSize.Rows, start.OutputSize);
    }
}

/// <summary>What the decoder of a <see cref="RecurrentAttentionNetwork"/> remembers.</summary>
sealed class RecurrentAttentionState : DecoderState
{
    readonly RecurrentAttentionNetwork _network;
    ReadSource _source;
    RecurrentState _state;
    Tensor? _attention;
    int _length;

    internal RecurrentAttentionState(RecurrentAttentionNetwork network, ReadSource source, RecurrentState state)
    {
        (_network, _state) = (network, state.Detach());
        _source = Detach(source);
    }

    public override int Rows => (int)_state.Hidden.shape[1];

    public override int Length => _length;

    internal override Tensor Feed(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long count = tokens.shape[1];
        var (states, last, attention) = _network.Advance(tokens, _source, _state);
        Replace(last);
        _attention?.Dispose();
        _attention = attention[^1].DetachFromDisposeScope();
        _length += (int)count;
        return _network.Output.Scores(states.view(Rows, count, -1).select(1, count - 1)).MoveToOuterDisposeScope();
    }

    internal override Tensor? SourceAttention() => _attention?.alias();

    internal override void Keep(Tensor rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Replace(_state.Keep(rows));
        var old = _source;
        _source = Detach(new(old.Tokens.index_select(0, rows), old.Keys.index_select(0, rows), old.Mask?.index_select(0, rows)));
        Dispose(old);
        if (_attention is not { } attention) return;
        _attention = attention.index_select(0, rows).DetachFromDisposeScope();
        attention.Dispose();
    }

    void Replace(RecurrentState state)
    {
        _state.Dispose();
        _state = state.Detach();
    }

    static ReadSource Detach(ReadSource source) =>
        new(source.Tokens.DetachFromDisposeScope(), source.Keys.DetachFromDisposeScope(), source.Mask?.DetachFromDisposeScope());

    static void Dispose(ReadSource source)
    {
        source.Tokens.Dispose();
        source.Keys.Dispose();
        source.Mask?.Dispose();
    }

    public override void Dispose()
    {
        _state.Dispose();
        Dispose(_source);
        _attention?.Dispose();
    }
}
