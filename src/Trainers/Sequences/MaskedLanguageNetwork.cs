using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="MaskedLanguageArchitecture"/>.</summary>
sealed class MaskedLanguageNetwork : nn.Module
{
    readonly SpecialTokens special;
    readonly int vocabulary, mask;
    readonly TokenTable table;
    readonly TransformerInput input;
    readonly TransformerBlocks blocks;
    readonly DenseLayer? output;

    internal MaskedLanguageNetwork(MaskedLanguageArchitecture architecture, int seed) : base(nameof(MaskedLanguageNetwork))
    {
        var random = new SeededRandom(seed);
        (special, vocabulary, mask) = (architecture.Special, architecture.VocabularySize, architecture.Mask);
        var design = architecture.Network;
        table = new TokenTable(vocabulary, design.Width, random);
        input = new TransformerInput(design.Width, architecture.Places, design.Dropout, normalizes: true, random);
        blocks = new TransformerBlocks(design.Layers, design.Shape, random);
        if (!design.TiedEmbeddings) output = new DenseLayer(design.Width, vocabulary, Activation.Identity, random);
        RegisterComponents();
        DenseLayer.StartGlorot(this, random);
    }

    /// <summary>Turns states into scores.</summary>
    internal OutputLayer Output => output is null ? new(table.Weight, null) : output.AsOutput();

    /// <param name="tokens">[rows, tokens] Int64, between Begin and End, padding behind.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal Tensor States(Tensor tokens)
    {
        var x = input.Compute(table, tokens, before: 0);
        var absent = tokens.eq(special.Padding);
        var hidden = absent.any().item<bool>() ? new Attention(blocks.Shape.Heads, 0).HidePadding(absent, x.dtype) : null;
        return blocks.Compute(x, new Sight(tokens.shape[0], hidden));
    }

    /// <summary>Hides tokens from the network.</summary>
    /// <param name="tokens">[rows, tokens] Int64, between Begin and End, padding behind.</param>
    /// <param name="how">The shares.</param>
    /// <returns>The tokens as the network sees them, [rows, tokens]; and the places in [rows x tokens] of those to tell, at least
    /// one.</returns>
    internal (Tensor Seen, Tensor Places) Hide(Tensor tokens, MaskedLanguageTraining how)
    {
        var text = tokens.ne(special.Padding).logical_and(tokens.ne(special.Begin)).logical_and(tokens.ne(special.End));
        var draw = rand(tokens.shape, dtype: ScalarType.Float32, device: tokens.device).masked_fill_(text.logical_not(), 2);
        var told = draw.lt(how.Share);
        // A batch of a few tokens tells the one drawn lowest, one without any its End.
        if (!told.any().item<bool>()) told = draw.eq(draw.min()).logical_and(text.logical_or(tokens.eq(special.End)));
        var fate = rand_like(draw);
        var seen = where(told.logical_and(fate.lt(how.Hidden)), full_like(tokens, mask), tokens);
        var replaced = told.logical_and(fate.ge(how.Hidden)).logical_and(fate.lt(how.Hidden + how.Replaced));
        var others = randint_like(tokens, 0, vocabulary);
        others.masked_fill_(others.eq(special.Padding), mask);
        return (where(replaced, others, seen), told.reshape(-1).nonzero().squeeze(1));
    }
}
