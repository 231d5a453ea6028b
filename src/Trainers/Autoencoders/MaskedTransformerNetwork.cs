namespace Extensions.ML.Trainers;

/// <summary>
/// A masked autoencoder (He et al., "Masked Autoencoders Are Scalable Vision Learners", CVPR 2022) of tables or images. A token is a slot of a
/// table, or a square patch of an image. In training a random share of each row's tokens is hidden; a transformer encodes the others, the
/// mean of its output gives the code, and a smaller transformer has to give the hidden tokens from the code alone, each from a learned mask
/// token for its place (the code as the only way through: Xiao et al., "RetroMAE", EMNLP 2022). In scoring nothing is hidden.
/// </summary>
public sealed record MaskedTransformerNetwork : NetworkDesign
{
    /// <summary>Height and width of a patch, at least 1; height and width of the images are multiples of it. Default
    /// <see langword="null"/>: the rows are those of a table, each slot a token.</summary>
    public int? PatchSize { get; init => field = value is { } size ? AtLeast(size, 1) : null; }

    /// <summary>Channels of an image: 1, 3 or 4. Default 1.</summary>
    public int Channels { get; init => field = ImageShape.CheckChannels(value); } = 1;

    /// <summary>Lines of an image, at least 1. Default <see langword="null"/>: told by the length of a row, for square images where
    /// <see cref="Width"/> is open too.</summary>
    public int? Height { get; init => field = value is { } height ? AtLeast(height, 1) : null; }

    /// <summary>Pixels of a line, at least 1. Default <see langword="null"/>: told by the length of a row.</summary>
    public int? Width { get; init => field = value is { } width ? AtLeast(width, 1) : null; }

    /// <summary>Values in a token inside the transformers: at least 1, a multiple of <see cref="Heads"/>. Default 64.</summary>
    public int TokenSize { get; init => field = AtLeast(value, 1); } = 64;

    /// <summary>Heads of each attention, at least 1. Default 4.</summary>
    public int Heads { get; init => field = AtLeast(value, 1); } = 4;

    /// <summary>Blocks of the encoder, at least 1. Default 2.</summary>
    public int Layers { get; init => field = AtLeast(value, 1); } = 2;

    /// <summary>Blocks of the decoder, at least 1. Default 1.</summary>
    public int DecoderLayers { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>Width of the hidden layer in each block, at least 1. Default <see langword="null"/>: four times
    /// <see cref="TokenSize"/>.</summary>
    public int? FeedForwardSize { get; init => field = value is { } size ? AtLeast(size, 1) : null; }

    /// <summary>Share of a row's tokens that training hides, above 0 and below 1; at least one is hidden and one is left. Default
    /// <see langword="null"/>: 0.75 for patches, 0.5 for the slots of a table.</summary>
    public double? MaskRatio
    {
        get;
        init => field = value is null or > 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(MaskRatio), value, "MaskRatio must be above 0 and below 1.");
    }

    /// <summary>Whether all tokens count in the loss of training, not the hidden ones alone. Default no; in a table with Boolean or
    /// categorical slots they always do.</summary>
    public bool LossOnAllTokens { get; init; }

    /// <summary>After the layer that gives the code. Default none.</summary>
    public Activation CodeActivation { get; init; } = Activation.Identity;

    internal override ImageShape? Image(int inputSize) => PatchSize is null ? null : ImageShape.Of(inputSize, Channels, Height, Width);

    internal override NetworkDesign Resolve(int inputSize, int[] hiddenSizes)
    {
        Tokens(inputSize);
        var resolved = this with { MaskRatio = MaskRatio ?? (PatchSize is null ? 0.5 : 0.75), FeedForwardSize = FeedForwardSize ?? checked(4 * TokenSize) };
        return Image(inputSize) is { } shape ? resolved with { Height = shape.Height, Width = shape.Width } : resolved;
    }

    internal override AutoencoderNetwork Create(AutoencoderArchitecture architecture, int seed) =>
        new MaskedTransformerAutoencoder((MaskedTransformerNetwork)Resolve(architecture.NetworkSize, []), architecture, seed);

    internal override long CountValues(AutoencoderArchitecture architecture)
    {
        checked
        {
            long tokens = Tokens(architecture.NetworkSize), size = TokenSize, hidden = FeedForwardSize ?? 4 * size, code = architecture.CodeSize;
            long values = architecture.NetworkSize / tokens;
            long normalization = 2 * size;
            long block = 4 * (size * size + size) + hidden * size + hidden + size * hidden + size + 2 * normalization;
            // A slot has a map of its own each way; patches share one, and have a learned place.
            long embedding = PatchSize is null ? 2 * tokens * size : values * size + size + tokens * size;
            long head = PatchSize is null ? tokens * size + tokens : values * size + values;
            return embedding + head + ((long)Layers + DecoderLayers) * block + 2 * normalization
                + size * code + code + code * size + size + tokens * size;
        }
    }

    /// <summary>Tokens of a row.</summary>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    internal int Tokens(int inputSize)
    {
        if (TokenSize % Heads != 0)
            throw new ArgumentException($"TokenSize {TokenSize} is not a multiple of {Heads} Heads.");
        int tokens = inputSize;
        if (PatchSize is { } patch)
        {
            var shape = Image(inputSize)!.Value;
            if (shape.Height % patch != 0 || shape.Width % patch != 0)
                throw new ArgumentException($"Images of {shape.Height} x {shape.Width} pixels do not divide into patches of {patch} x {patch}.");
            tokens = shape.Height / patch * (shape.Width / patch);
        }
        return tokens >= 2 ? tokens
            : throw new ArgumentException("A row has only one token, which leaves nothing to hide; a masked autoencoder needs two.");
    }
}
