namespace Extensions.ML.Trainers;

/// <summary>A transformer's decoder without a source (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019): every token looks at
/// those before it.</summary>
public sealed record TransformerLanguage : LanguageDesign
{
    /// <summary>Values in a token, at least 2, even, a multiple of <see cref="Heads"/>. Default 128.</summary>
    public int Width { get; init => field = AtLeast(value, 2); } = 128;

    /// <summary>Heads of each attention, at least 1. Default 4.</summary>
    public int Heads { get; init => field = AtLeast(value, 1); } = 4;

    /// <summary>Blocks, at least 1. Default 4.</summary>
    public int Layers { get; init => field = AtLeast(value, 1); } = 4;

    /// <summary>Width of the hidden layer in each block, at least 1. Default <see langword="null"/>: four times <see cref="Width"/>.</summary>
    public int? FeedForwardSize { get; init => field = value is { } size ? AtLeast(size, 1) : null; }

    /// <summary>Of the hidden layers. Default <see cref="Activation.Gelu"/>.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Share of what goes into the first block, of the attention weights, of the hidden layers and of what each layer adds that
    /// training sets to 0, from 0 to below 1. Default 0.1.</summary>
    public double Dropout { get; init => field = BelowOne(value); } = 0.1;

    /// <summary>Whether tokens are normalised before each layer; else after each sum. Default yes.</summary>
    public bool PreNorm { get; init; } = true;

    /// <summary>Whether places are learned; else they are sines and cosines. Default yes.</summary>
    public bool LearnedPositions { get; init; } = true;

    /// <summary>Whether the vectors of the tokens are the weights of the output layer too (Press and Wolf 2017). Default yes.</summary>
    public bool TiedEmbeddings { get; init; } = true;

    internal TransformerShape Shape => new(Width, Heads, FeedForwardSize ?? checked(4 * Width))
    {
        Activation = Activation, Dropout = Dropout, NormalizesAfter = !PreNorm,
    };

    internal override bool RemembersWithoutEnd => false;

    internal override LanguageNetwork Create(LanguageArchitecture architecture, int seed)
    {
        Shape.Check();
        return new TransformerLanguageNetwork(this, architecture, seed);
    }

    internal override long CountValues(LanguageArchitecture architecture)
    {
        Shape.Check();
        checked
        {
            return TokenTable.CountValues(architecture.VocabularySize, Width)
                + (TiedEmbeddings ? 0 : architecture.VocabularySize * (Width + 1L))
                + TransformerInput.CountValues(Width, Places(architecture), normalizes: false)
                + TransformerBlocks.CountValues(Layers, Shape);
        }
    }

    /// <summary>Places to learn: one more than tokens, for Begin.</summary>
    internal int Places(LanguageArchitecture architecture) => LearnedPositions ? checked(architecture.MaximumLength + 1) : 0;
}
