using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A network that tells each token by those before it.</summary>
abstract class LanguageNetwork(string name) : nn.Module(name)
{
    /// <summary>The states that tell the token to follow each token.</summary>
    /// <param name="tokens">[rows, tokens] Int64</param>
    /// <returns>[rows x tokens, size]</returns>
    internal abstract Tensor States(Tensor tokens);

    /// <summary>Turns states into scores.</summary>
    internal abstract OutputLayer Output { get; }

    /// <summary>Sequences of which nothing is fed yet.</summary>
    /// <param name="rows">Their number.</param>
    internal abstract DecoderState Start(int rows);
}

/// <summary>The network of a <see cref="TransformerLanguage"/>.</summary>
sealed class TransformerLanguageNetwork : LanguageNetwork
{
    readonly TokenTable table;
    readonly TransformerInput input;
    readonly TransformerBlocks blocks;
    readonly DenseLayer? output;

    internal TransformerLanguageNetwork(TransformerLanguage design, LanguageArchitecture architecture, int seed)
        : base(nameof(TransformerLanguageNetwork))
    {
        var random = new SeededRandom(seed);
        table = new TokenTable(architecture.VocabularySize, design.Width, random);
        input = new TransformerInput(design.Width, design.Places(architecture), design.Dropout, normalizes: false, random);
        blocks = new TransformerBlocks(design.Layers, design.Shape, random);
        if (!design.TiedEmbeddings) output = new DenseLayer(design.Width, architecture.VocabularySize, Activation.Identity, random);
        RegisterComponents();
        DenseLayer.StartGlorot(this, random);
    }

    internal override OutputLayer Output => output is null ? new(table.Weight, null) : output.AsOutput();

    internal override Tensor States(Tensor tokens)
    {
        var x = input.Compute(table, tokens, before: 0);
        return blocks.Compute(x, new Sight(tokens.shape[0], Attention.LookBack(tokens.shape[1], 0, x)));
    }

    internal override DecoderState Start(int rows) => new TransformerState(input, table, blocks, Output, rows);
}

/// <summary>The network of an <see cref="LstmLanguage"/>.</summary>
sealed class LstmLanguageNetwork : LanguageNetwork
{
    readonly double dropout;
    readonly int layers, stateSize;
    readonly TokenTable table;
    readonly RecurrentLayers recurrence;
    readonly DenseLayer output;
    readonly bool tied;

    internal LstmLanguageNetwork(LstmLanguage design, LanguageArchitecture architecture, int seed) : base(nameof(LstmLanguageNetwork))
    {
        var random = new SeededRandom(seed);
        (dropout, layers, stateSize, tied) = (design.Dropout, design.Layers, design.StateSize, design.TiedEmbeddings);
        table = new TokenTable(architecture.VocabularySize, design.EmbeddingSize, random);
        recurrence = new RecurrentLayers(RecurrentCell.Lstm, design.EmbeddingSize, stateSize, layers, random, layers > 1 ? dropout : 0);
        output = new DenseLayer(stateSize, tied ? design.EmbeddingSize : architecture.VocabularySize, Activation.Identity, random);
        RegisterComponents();
    }

    internal override OutputLayer Output => tied ? new(table.Weight, null) : output.AsOutput();

    internal override Tensor States(Tensor tokens) => Advance(tokens, null).States;

    /// <param name="tokens">[rows, tokens] Int64</param>
    /// <param name="state">The state before; <see langword="null"/> for zeros.</param>
    /// <returns>As <see cref="States"/>, and the state after.</returns>
    internal (Tensor States, RecurrentState Last) Advance(Tensor tokens, RecurrentState? state)
    {
        var x = Drop(table.forward(tokens)).view(tokens.shape[0], tokens.shape[1], -1);
        var (states, last) = recurrence.Continue(x, state);
        var outputs = Drop(states.flatten(0, 1));
        return (tied ? output.forward(outputs) : outputs, last);
    }

    internal override DecoderState Start(int rows)
    {
        Tensor Zeros() => zeros([layers, rows, stateSize], dtype: table.Weight.dtype, device: table.Weight.device);
        return new LstmState(this, new RecurrentState(Zeros(), Zeros()));
    }

    Tensor Drop(Tensor x) => training && dropout > 0 ? nn.functional.dropout(x, dropout) : x;
}

/// <summary>What an <see cref="LstmLanguageNetwork"/> remembers.</summary>
sealed class LstmState : DecoderState
{
    readonly LstmLanguageNetwork _network;
    RecurrentState _state;
    int _length;

    internal LstmState(LstmLanguageNetwork network, RecurrentState state) => (_network, _state) = (network, state.Detach());

    public override int Rows => (int)_state.Hidden.shape[1];

    public override int Length => _length;

    internal override Tensor Feed(Tensor tokens)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long count = tokens.shape[1];
        var (states, last) = _network.Advance(tokens, _state);
        Replace(last);
        _length += (int)count;
        return _network.Output.Scores(states.view(Rows, count, -1).select(1, count - 1)).MoveToOuterDisposeScope();
    }

    internal override void Keep(Tensor rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Replace(_state.Keep(rows));
    }

    void Replace(RecurrentState state)
    {
        _state.Dispose();
        _state = state.Detach();
    }

    public override void Dispose() => _state.Dispose();
}
