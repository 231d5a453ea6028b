using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Attention of several heads of every token to every token of its row (Vaswani et al., "Attention Is All You Need", NIPS 2017,
/// section 3.2).</summary>
sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    readonly int heads;
    readonly DenseLayer projection, output;

    /// <param name="size">Values in a token, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">At least 1.</param>
    /// <param name="random">Where the weights come from.</param>
    internal SelfAttention(int size, int heads, SeededRandom random) : base(nameof(SelfAttention))
    {
        this.heads = heads;
        projection = new DenseLayer(size, 3 * size, Activation.Identity, random);
        output = new DenseLayer(size, size, Activation.Identity, random);
        RegisterComponents();
    }

    /// <param name="x">[rows, tokens, size]</param>
    /// <returns>[rows, tokens, size]</returns>
    public override Tensor forward(Tensor x)
    {
        var (rows, tokens, size) = (x.shape[0], x.shape[1], x.shape[2]);
        // Query, key and value, each [rows, heads, tokens, size of a head].
        var parts = projection.forward(x).view(rows, tokens, 3, heads, size / heads).permute(2, 0, 3, 1, 4);
        var mixed = nn.functional.scaled_dot_product_attention(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2));
        return output.forward(mixed.transpose(1, 2).reshape(rows, tokens, size));
    }
}

/// <summary>Brings every token to mean 0 and variance 1, then scales and shifts it (Ba et al., "Layer Normalization", 2016).</summary>
sealed class LayerNormalization : nn.Module<Tensor, Tensor>
{
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight, bias;

    /// <param name="size">Values in a token.</param>
    internal LayerNormalization(int size) : base(nameof(LayerNormalization))
    {
        weight = new Parameter(ones(size, dtype: ScalarType.Float32));
        bias = new Parameter(zeros(size, dtype: ScalarType.Float32));
        // The module owns them: a dispose scope that happens to be open while it is built must not.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="x">[..., size]</param>
    /// <returns>[..., size]</returns>
    public override Tensor forward(Tensor x) => nn.functional.layer_norm(x, weight.shape, weight.to(x.dtype), bias.to(x.dtype));
}

/// <summary>Attention, then a network of one hidden layer for each token; each normalised before and added to what came in (Xiong et al., "On
/// Layer Normalization in the Transformer Architecture", ICML 2020).</summary>
sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    readonly LayerNormalization beforeAttention, beforeFeedForward;
    readonly SelfAttention attention;
    readonly DenseLayer widen, narrow;

    /// <param name="size">Values in a token, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads of the attention.</param>
    /// <param name="hiddenSize">Width of the hidden layer.</param>
    /// <param name="random">Where the weights come from.</param>
    internal TransformerBlock(int size, int heads, int hiddenSize, SeededRandom random) : base(nameof(TransformerBlock))
    {
        beforeAttention = new LayerNormalization(size);
        attention = new SelfAttention(size, heads, random);
        beforeFeedForward = new LayerNormalization(size);
        widen = new DenseLayer(size, hiddenSize, Activation.Gelu, random);
        narrow = new DenseLayer(hiddenSize, size, Activation.Identity, random);
        RegisterComponents();
    }

    /// <param name="x">[rows, tokens, size]</param>
    /// <returns>[rows, tokens, size]</returns>
    public override Tensor forward(Tensor x)
    {
        x = x + attention.forward(beforeAttention.forward(x));
        return x + narrow.forward(widen.forward(beforeFeedForward.forward(x)));
    }
}
