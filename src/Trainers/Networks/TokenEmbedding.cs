using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>How a row becomes tokens, and tokens a row.</summary>
abstract class TokenEmbedding : nn.Module<Tensor, Tensor>
{
    private protected TokenEmbedding(string name) : base(name)
    {
    }

    /// <summary>Rows to tokens, with their places.</summary>
    /// <param name="x">[rows, width]</param>
    /// <returns>[rows, tokens, token size]</returns>
    public abstract override Tensor forward(Tensor x);

    /// <summary>Tokens to the rows that they stand for.</summary>
    /// <param name="tokens">[rows, tokens, token size]</param>
    /// <returns>[rows, width]</returns>
    public abstract Tensor ToRows(Tensor tokens);

    /// <summary><see cref="forward(Tensor)"/> in ONNX.</summary>
    public abstract OnnxTensor forward(OnnxTensor x);

    /// <summary><see cref="ToRows(Tensor)"/> in ONNX.</summary>
    public abstract OnnxTensor ToRows(OnnxTensor tokens);

    /// <summary>A value for each token to the same value for each slot of the token.</summary>
    /// <param name="values">[rows, tokens]</param>
    /// <returns>[rows, width]</returns>
    public abstract Tensor Spread(Tensor values);

    private protected static Parameter Fresh(Tensor values)
    {
        var parameter = new Parameter(values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}

/// <summary>Each slot of a table is a token, by an affine map of its own each way (after Gorishniy et al., "Revisiting Deep Learning Models
/// for Tabular Data", NeurIPS 2021, section 3.3).</summary>
sealed class SlotEmbedding : TokenEmbedding
{
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight, bias, headWeight, headBias;

    internal SlotEmbedding(int slots, int tokenSize, SeededRandom random) : base(nameof(SlotEmbedding))
    {
        double bound = 1 / Math.Sqrt(tokenSize);
        weight = Fresh(random.Uniform([slots, tokenSize], bound));
        bias = Fresh(random.Uniform([slots, tokenSize], bound));
        headWeight = Fresh(random.Uniform([slots, tokenSize], bound));
        headBias = Fresh(random.Uniform([slots], bound));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x.unsqueeze(2) * weight.to(x.dtype) + bias.to(x.dtype);

    public override Tensor ToRows(Tensor tokens) => (tokens * headWeight.to(tokens.dtype)).sum(2) + headBias.to(tokens.dtype);

    public override OnnxTensor forward(OnnxTensor x) => x.unsqueeze(2) * weight + bias;

    public override OnnxTensor ToRows(OnnxTensor tokens) => (tokens * headWeight).sum(2) + headBias;

    public override Tensor Spread(Tensor values) => values;
}

/// <summary>Each patch of an image is a token, all by the same affine map, with a learned place (Dosovitskiy et al., "An Image is Worth 16x16
/// Words", ICLR 2021, section 3.1).</summary>
sealed class PatchEmbedding : TokenEmbedding
{
    readonly ImageShape shape;
    readonly int patch, down, across;
    readonly DenseLayer embedding, head;
    Parameter places;

    internal PatchEmbedding(ImageShape shape, int patch, int tokenSize, SeededRandom random) : base(nameof(PatchEmbedding))
    {
        (this.shape, this.patch, down, across) = (shape, patch, shape.Height / patch, shape.Width / patch);
        int values = shape.Channels * patch * patch;
        embedding = new DenseLayer(values, tokenSize, Activation.Identity, random);
        head = new DenseLayer(tokenSize, values, Activation.Identity, random);
        places = Fresh(random.Uniform([down * across, tokenSize], 1 / Math.Sqrt(tokenSize)));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        // [rows, channels, down, patch, across, patch] to [rows, down, across, channels, patch, patch]
        var patches = x.reshape(-1, shape.Channels, down, patch, across, patch).permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2);
        return embedding.forward(patches) + places.to(x.dtype);
    }

    public override Tensor ToRows(Tensor tokens) => Assemble(head.forward(tokens));

    public override Tensor Spread(Tensor values) => Assemble(values.unsqueeze(2).expand(-1, -1, shape.Channels * patch * patch));

    /// <param name="patches">[rows, tokens, channels x patch x patch]</param>
    Tensor Assemble(Tensor patches) =>
        patches.reshape(-1, down, across, shape.Channels, patch, patch).permute(0, 3, 1, 4, 2, 5).flatten(1);

    public override OnnxTensor forward(OnnxTensor x)
    {
        var patches = x.reshape(-1, shape.Channels, down, patch, across, patch).permute(0, 2, 4, 1, 3, 5);
        return embedding.forward(patches.reshape(-1, down * across, shape.Channels * patch * patch)) + places;
    }

    public override OnnxTensor ToRows(OnnxTensor tokens) =>
        head.forward(tokens).reshape(-1, down, across, shape.Channels, patch, patch).permute(0, 3, 1, 4, 2, 5).reshape(-1, shape.Values);
}
