namespace Extensions.ML.Trainers;

/// <summary>
/// A convolutional network that halves an image some times and doubles it again, each size joined to the same size on the way back
/// (Ronneberger et al., "U-Net", MICCAI 2015; with residual blocks told of the time as in Ho et al. 2020, appendix B). A row is an image as
/// <c>ExtractPixels</c> gives it, of any size.
/// </summary>
public sealed record UNet : DenoiserDesign
{
    /// <summary>Channels of an image: 1, 3 or 4. Default 1.</summary>
    public int Channels { get; init => field = ImageShape.CheckChannels(value); } = 1;

    /// <summary>Lines of an image, at least 1. Default <see langword="null"/>: told by the length of a row, for square images where
    /// <see cref="Width"/> is open too.</summary>
    public int? Height { get; init => field = value is { } height ? AtLeast(height, 1) : null; }

    /// <summary>Pixels of a line, at least 1. Default <see langword="null"/>: told by the length of a row.</summary>
    public int? Width { get; init => field = value is { } width ? AtLeast(width, 1) : null; }

    /// <summary>Side of the squares of pixels that are one place of the largest image that the network computes on, at least 1. Default 2:
    /// the largest filters see a quarter of the places (Hoogeboom et al., "simple diffusion", ICML 2023, section 3.3).</summary>
    public int PatchSize { get; init => field = AtLeast(value, 1); } = 2;

    /// <summary>Filters at each size from the largest on, each at least 1; the next size is half of it. Default 32, 64.</summary>
    public IReadOnlyList<int> Filters
    {
        get;
        init
        {
            field = EachAtLeastOne(value);
            if (value.Count == 0) throw new ArgumentException("Filters must name at least one size.", nameof(Filters));
        }
    } = [32, 64];

    /// <summary>Residual blocks at each size but the smallest, on each way, at least 1; the smallest has two. Default 1.</summary>
    public int Blocks { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>Whether all places of the smallest size attend to each other between its blocks, which convolutions over few places do without.
    /// Default no.</summary>
    public bool Attention { get; init; }

    /// <summary>The shape of the images that rows hold.</summary>
    /// <exception cref="ArgumentException">The rows hold no such images.</exception>
    internal ImageShape Image(int width) => ImageShape.Of(width, Channels, Height, Width);

    internal override DenoiserNetwork Create(int width, int classes, int seed) => new UNetNetwork(this, width, classes, seed);

    internal override long CountValues(int width, int classes)
    {
        _ = Image(width);
        checked
        {
            long patch = (long)Channels * PatchSize * PatchSize;
            long count = CountConditionValues(classes) + Convolution(patch, Filters[0], 3);
            for (int i = 0; i + 1 < Filters.Count; i++)
            {
                long wide = Filters[i], narrow = Filters[i + 1];
                count += (2L * Blocks - 1) * Block(wide, wide) + Block(2 * wide, wide) + Convolution(wide, narrow, 3) + Convolution(narrow, wide, 1);
            }
            long least = Filters[^1];
            count += 2 * Block(least, least) + (Attention ? 2 * least + 4 * least * (least + 1) : 0);
            return count + 2L * Filters[0] + Convolution(Filters[0], patch, 3);
        }
    }

    static long Convolution(long from, long to, long kernel) => checked(from * to * kernel * kernel + to);

    long Block(long from, long to) => checked(2 * from + Convolution(from, to, 3) + (EmbeddingSize + 1L) * to + 2 * to + Convolution(to, to, 3)
        + (from == to ? 0 : Convolution(from, to, 1)));
}
