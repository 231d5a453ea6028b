using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a transformer's blocks are made of.</summary>
/// <param name="Size">Values in a token, a multiple of <paramref name="Heads"/>.</param>
/// <param name="Heads">Heads of each attention.</param>
/// <param name="HiddenSize">Width of the hidden layer.</param>
readonly record struct TransformerShape(int Size, int Heads, int HiddenSize)
{
    /// <summary>Of the hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Share of the attention weights, of the hidden layer and of what each layer adds that training sets to 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether a block looks at a source too.</summary>
    public bool HasSource { get; init; }

    /// <summary>Whether the attention turns queries and keys by their places.</summary>
    public bool Rotary { get; init; }

    /// <summary>Whether tokens are normalised after each sum (Vaswani et al. 2017), not before each layer (Xiong et al., "On Layer Normalization
    /// in the Transformer Architecture", ICML 2020).</summary>
    public bool NormalizesAfter { get; init; }

    /// <exception cref="ArgumentException">Heads do not share the width evenly, or it is odd: sines and cosines are as many.</exception>
    public void Check()
    {
        if (Size % Heads != 0 || Size % 2 != 0) throw new ArgumentException($"Width {Size} is not even, or not a multiple of {Heads} Heads.");
        if (Rotary && Size / Heads % 2 != 0)
        {
            throw new ArgumentException(
                $"RotaryPositions want heads of even width, but Width {Size} makes {Size / Heads} for each of {Heads} Heads.");
        }
    }

    /// <summary>Values in the parameters of a block.</summary>
    public long CountValues()
    {
        checked
        {
            long size = Size;
            return SelfAttention.CountValues(size) + LayerNormalization.CountValues(size)
                + (HasSource ? CrossAttention.CountValues(size) + LayerNormalization.CountValues(size) : 0)
                + LayerNormalization.CountValues(size) + HiddenSize * (size + 1) + size * (HiddenSize + 1L);
        }
    }
}

/// <summary>What the tokens of a transformer's block look at.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Mask">Of the self attention, as for <see cref="Attention.Mix"/>.</param>
/// <param name="SourceMask">Of the attention to the source.</param>
/// <param name="Weights">Is given the weights of the self attention.</param>
/// <param name="SourceWeights">Is given the weights of the attention to the source.</param>
/// <param name="Places">Turns the tokens' queries and keys by their places; <see langword="null"/> where nothing is turned.</param>
readonly record struct Sight(long Rows, Tensor? Mask = null, Tensor? SourceMask = null, Action<Tensor>? Weights = null,
    Action<Tensor>? SourceWeights = null, Rotation? Places = null);

/// <summary>Attention to the row itself, attention to its source where there is one, then a network of one hidden layer for each token; each
/// added to what came in (Vaswani et al. 2017, section 3.1).</summary>
sealed class TransformerBlock : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    readonly TransformerShape shape;
    readonly LayerNormalization attentionNormalization, feedForwardNormalization;
    readonly LayerNormalization? sourceNormalization;
    readonly SelfAttention attention;
    readonly CrossAttention? sourceAttention;
    readonly DenseLayer widen, narrow;

    /// <param name="shape">Its sizes.</param>
    /// <param name="random">Where the weights come from.</param>
    internal TransformerBlock(TransformerShape shape, SeededRandom random) : base(nameof(TransformerBlock))
    {
        this.shape = shape;
        attentionNormalization = new LayerNormalization(shape.Size);
        attention = new SelfAttention(shape.Size, shape.Heads, random, shape.Dropout);
        if (shape.HasSource)
        {
            sourceNormalization = new LayerNormalization(shape.Size);
            sourceAttention = new CrossAttention(shape.Size, shape.Heads, random, shape.Dropout);
        }
        feedForwardNormalization = new LayerNormalization(shape.Size);
        widen = new DenseLayer(shape.Size, shape.HiddenSize, shape.Activation, random);
        narrow = new DenseLayer(shape.HiddenSize, shape.Size, Activation.Identity, random);
        RegisterComponents();
    }

    /// <param name="x">[rows, tokens, size]</param>
    /// <returns>[rows, tokens, size]</returns>
    public override Tensor forward(Tensor x) => Compute(x.flatten(0, 1), new Sight(x.shape[0]), null, null).view(x.shape);

    /// <summary>What the tokens look at in the source.</summary>
    /// <param name="memory">[rows x source tokens, size]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="places">Turns the keys by their places.</param>
    internal KeyValues Source(Tensor memory, long rows, Rotation? places) => sourceAttention!.Source(memory, rows, places);

    /// <param name="x">[rows x tokens, size]</param>
    /// <param name="sight">What it looks at.</param>
    /// <param name="cache">The tokens before, which are looked at too; is given these.</param>
    /// <param name="source">What <see cref="Source(Tensor, long, Rotation?)"/> gave.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal Tensor Compute(Tensor x, Sight sight, KeyValueCache? cache, KeyValues? source)
    {
        x = Add(x, attentionNormalization, x => attention.Compute(x, sight.Rows, sight.Mask, sight.Places, cache, sight.Weights));
        if (sourceAttention is not null)
        {
            x = Add(x, sourceNormalization!,
                x => sourceAttention.Compute(x, sight.Rows, source!.Value, sight.SourceMask, sight.Places, sight.SourceWeights));
        }
        return Add(x, feedForwardNormalization, x => narrow.forward(Drop(widen.forward(x))));
    }

    /// <param name="x">[rows, tokens, size]</param>
    public OnnxTensor forward(OnnxTensor x) => Compute(x, null, null, null, null, null).Tokens;

    /// <summary>What the tokens look at in the source, in ONNX.</summary>
    internal OnnxKeyValues Source(OnnxTensor memory, OnnxRotation? places) => sourceAttention!.Source(memory, places);

    /// <summary><see cref="Compute(Tensor, Sight, KeyValueCache?, KeyValues?)"/> in ONNX.</summary>
    /// <param name="x">[rows, tokens, size]</param>
    /// <param name="mask">Of the attention to the row itself.</param>
    /// <param name="places">Turns queries and keys by their places.</param>
    /// <param name="before">The tokens before, which are looked at too; is given these.</param>
    /// <param name="source">What <see cref="Source(OnnxTensor, OnnxRotation?)"/> gave.</param>
    /// <param name="sourceMask">Of the attention to the source.</param>
    /// <returns>[rows, tokens, size], and the weights of the attention to the source where there is one.</returns>
    internal (OnnxTensor Tokens, OnnxTensor? SourceWeights) Compute(OnnxTensor x, OnnxTensor? mask, OnnxRotation? places, OnnxKeyValues? before,
        OnnxKeyValues? source, OnnxTensor? sourceMask)
    {
        OnnxTensor? weights = null;
        x = Add(x, attentionNormalization, x => attention.Compute(x, mask, places, before));
        if (sourceAttention is not null)
        {
            x = Add(x, sourceNormalization!, x =>
            {
                (var seen, weights) = sourceAttention.Compute(x, source!, sourceMask, places);
                return seen;
            });
        }
        return (Add(x, feedForwardNormalization, x => narrow.forward(widen.forward(x))), weights);
    }

    OnnxTensor Add(OnnxTensor x, LayerNormalization normalization, Func<OnnxTensor, OnnxTensor> layer) => shape.NormalizesAfter
        ? normalization.forward(x + layer(x))
        : x + layer(normalization.forward(x));

    Tensor Add(Tensor x, LayerNormalization normalization, Func<Tensor, Tensor> layer) => shape.NormalizesAfter
        ? normalization.forward(x + Drop(layer(x)))
        : x + Drop(layer(normalization.forward(x)));

    Tensor Drop(Tensor x) => training && shape.Dropout > 0 ? nn.functional.dropout(x, shape.Dropout) : x;
}
