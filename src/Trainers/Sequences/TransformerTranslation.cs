namespace Extensions.ML.Trainers;

/// <summary>
/// A transformer (Vaswani et al., "Attention Is All You Need", NIPS 2017): an encoder whose tokens look at each other, and a decoder whose tokens
/// look at those before them and at the source.
/// </summary>
public sealed record TransformerTranslation : TranslationDesign
{
    /// <summary>Values in a token, at least 2, even, a multiple of <see cref="Heads"/>. Default 192.</summary>
    public int Width { get; init => field = AtLeast(value, 2); } = 192;

    /// <summary>Heads of each attention, at least 1. Default 4.</summary>
    public int Heads { get; init => field = AtLeast(value, 1); } = 4;

    /// <summary>Blocks of the encoder, at least 1. Default 3.</summary>
    public int EncoderLayers { get; init => field = AtLeast(value, 1); } = 3;

    /// <summary>Blocks of the decoder, at least 1. Default 3.</summary>
    public int DecoderLayers { get; init => field = AtLeast(value, 1); } = 3;

    /// <summary>Width of the hidden layer in each block, at least 1. Default 512.</summary>
    public int FeedForwardSize { get; init => field = AtLeast(value, 1); } = 512;

    /// <summary>Of the hidden layers. Default <see cref="Activation.Gelu"/>.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Share of what goes into the first block, of the attention weights, of the hidden layers and of what each layer adds that
    /// training sets to 0, from 0 to below 1. Default 0.25.</summary>
    public double Dropout { get; init => field = BelowOne(value); } = 0.25;

    /// <summary>Whether tokens are normalised before each layer (Xiong et al. 2020), which learns more steadily; else after each sum, as in the
    /// paper. Default yes.</summary>
    public bool PreNorm { get; init; } = true;

    /// <summary>Whether places are learned; else they are sines and cosines. Default no.</summary>
    public bool LearnedPositions { get; init; }

    /// <summary>Whether queries and keys of every attention are turned by their places too, so that it sees how far apart two tokens stand (Su et
    /// al., "RoFormer: Enhanced Transformer with Rotary Position Embedding", 2021), also one of the source and one of the target: most words of
    /// a translation stand about where they stood in the source. It learns faster. The width of a head, <see cref="Width"/> /
    /// <see cref="Heads"/>, has to be even then. Default yes.</summary>
    public bool RotaryPositions { get; init; } = true;

    /// <summary>Whether the vectors of the target's tokens are the weights of the output layer too (Press and Wolf, "Using the Output Embedding
    /// to Improve Language Models", EACL 2017). Default yes.</summary>
    public bool TiedEmbeddings { get; init; } = true;

    internal TransformerShape Shape => new(Width, Heads, FeedForwardSize)
    {
        Activation = Activation, Dropout = Dropout, NormalizesAfter = !PreNorm, Rotary = RotaryPositions,
    };

    internal override TranslationNetwork Create(TranslationArchitecture architecture, int seed)
    {
        Shape.Check();
        return new TransformerTranslationNetwork(this, architecture, seed);
    }

    internal override long CountValues(TranslationArchitecture architecture)
    {
        Shape.Check();
        checked
        {
            return TokenTable.CountValues(architecture.VocabularySize, Width)
                + (architecture.SharedVocabulary ? 0 : TokenTable.CountValues(architecture.SourceVocabularySize, Width))
                + (TiedEmbeddings ? 0 : architecture.VocabularySize * (Width + 1L))
                + 2 * TransformerInput.CountValues(Width, Places(architecture), normalizes: false)
                + TransformerBlocks.CountValues(EncoderLayers, Shape)
                + TransformerBlocks.CountValues(DecoderLayers, Shape with { HasSource = true });
        }
    }

    /// <summary>Places to learn: one more than tokens, for Begin or End.</summary>
    internal int Places(TranslationArchitecture architecture) => LearnedPositions ? checked(architecture.MaximumLength + 1) : 0;
}
