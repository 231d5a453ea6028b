namespace Extensions.ML.Trainers;

/// <summary>
/// An autoregressive network of images (van den Oord et al., "Conditional Image Generation with PixelCNN Decoders", NeurIPS 2016): pixels are
/// predicted line by line, each from all lines above it (the vertical stack, which has no blind spot) and the pixels left of it (the horizontal
/// stack), through units gated by <c>tanh(a) σ(b)</c>. A pixel's channels follow one another, the later given the earlier. A row is an image as
/// <c>ExtractPixels</c> gives it, scaled to 0..1; extract it with <c>scaleImage: 1 / 255f</c>.
/// </summary>
public sealed record GatedPixelCnn : AutoregressiveDesign
{
    /// <summary>Channels of an image: 1, 3 or 4. Default 1.</summary>
    public int Channels { get; init => field = ImageShape.CheckChannels(value); } = 1;

    /// <summary>Lines of an image, at least 1. Default <see langword="null"/>: told by the length of a row, for square images where
    /// <see cref="Width"/> is open too.</summary>
    public int? Height { get; init => field = value is { } height ? AtLeast(height, 1) : null; }

    /// <summary>Pixels of a line, at least 1. Default <see langword="null"/>: told by the length of a row.</summary>
    public int? Width { get; init => field = value is { } width ? AtLeast(width, 1) : null; }

    /// <summary>
    /// Brightnesses that are told apart, 2 to 256: level l stands for <c>l / (Levels - 1)</c>, and each value for the level nearest to it. Training
    /// takes longer with more. Default 16; 2 for black and white. The log-likelihood of an image is that of its levels, spread evenly over the cell
    /// of each level, which is <c>1 / (Levels - 1)</c> wide before the scaling is undone. The bits per dimension of the literature, whose unit is a
    /// level, are therefore <c>(-LogLikelihood / values + ln(cell width in the units of the rows)⁻¹) / ln 2</c>; they are plainly
    /// <c>-LogLikelihood / values / ln 2</c> for rows of bytes and 256 levels.
    /// </summary>
    public int Levels { get; init => field = value is >= 2 and <= 256 ? value
        : throw new ArgumentOutOfRangeException(nameof(Levels), value, "Levels must be from 2 to 256."); } = 16;

    /// <summary>Feature maps in each stack, at least 1. Default 32.</summary>
    public int Filters { get; init => field = AtLeast(value, 1); } = 32;

    /// <summary>Layers after the first, at least 0. Default 6.</summary>
    public int Layers { get; init => field = AtLeast(value, 0); } = 6;

    /// <summary>Width of the first layer's kernel, odd, 3 to 31; it reaches half as many lines up. Default 7.</summary>
    public int FirstKernelSize { get; init => field = Odd(value, nameof(FirstKernelSize)); } = 7;

    /// <summary>Width of the other layers' kernels, odd, 3 to 31. Default 3.</summary>
    public int KernelSize { get; init => field = Odd(value, nameof(KernelSize)); } = 3;

    internal override bool NeedsUnitRange => true;

    internal override AutoregressiveModule Create(AutoregressiveArchitecture architecture, int seed) =>
        new PixelCnnModule(this, Shape(architecture), architecture.Classes, seed);

    internal override long CountValues(AutoregressiveArchitecture architecture)
    {
        _ = Shape(architecture);
        long count = PixelLayer.CountValues(Channels, Filters, FirstKernelSize, architecture.Classes);
        count = checked(count + Layers * PixelLayer.CountValues(Filters, Filters, KernelSize, architecture.Classes));
        for (int channel = 0; channel < Channels; channel++)
            count = checked(count + PixelCnnModule.CountHeadValues(Filters, channel, Levels));
        return count;
    }

    ImageShape Shape(AutoregressiveArchitecture architecture)
    {
        if (architecture.Slots is not null)
            throw new ArgumentException("A GatedPixelCnn sees images, whose slots are all numeric.");
        return ImageShape.Of(architecture.InputSize, Channels, Height, Width);
    }

    static int Odd(int value, string name) => value is >= 3 and <= 31 && value % 2 == 1 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be odd, from 3 to 31.");
}
