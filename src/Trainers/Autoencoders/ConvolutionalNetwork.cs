namespace Extensions.ML.Trainers;

/// <summary>How a convolutional decoder doubles an image.</summary>
public enum Upsampling
{
    /// <summary>A transposed convolution (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016, section 4).</summary>
    TransposedConvolution,

    /// <summary>The nearest pixel is repeated, then a convolution follows: no checkerboard patterns, for four times the multiplications (Odena
    /// et al., "Deconvolution and Checkerboard Artifacts", Distill 2016).</summary>
    ResizeConvolution,
}

/// <summary>
/// An autoencoder of images. Each convolution of stride 2 halves height and width, a dense layer gives the code; the decoder is the mirror
/// image (Masci et al., "Stacked Convolutional Auto-Encoders for Hierarchical Feature Extraction", ICANN 2011). A row is an image as
/// <c>ExtractPixels</c> gives it: all pixels of the first channel, line by line, then of the next. Images of any size, odd ones too, come
/// back at their size.
/// </summary>
public sealed record ConvolutionalNetwork : NetworkDesign
{
    /// <summary>Channels of an image: 1, 3 or 4. Default 1.</summary>
    public int Channels { get; init => field = ImageShape.CheckChannels(value); } = 1;

    /// <summary>Lines of an image, at least 1. Default <see langword="null"/>: told by the length of a row, for square images where
    /// <see cref="Width"/> is open too.</summary>
    public int? Height { get; init => field = value is { } height ? AtLeast(height, 1) : null; }

    /// <summary>Pixels of a line, at least 1. Default <see langword="null"/>: told by the length of a row.</summary>
    public int? Width { get; init => field = value is { } width ? AtLeast(width, 1) : null; }

    /// <summary>Filters of the encoder's convolutions from the input on, each at least 1; each convolution halves height and width. Default
    /// 16, 32.</summary>
    public IReadOnlyList<int> Filters
    {
        get;
        init
        {
            field = EachAtLeastOne(value);
            if (value.Count == 0) throw new ArgumentException("Filters must name at least one convolution.", nameof(Filters));
        }
    } = [16, 32];

    /// <summary>Height and width of every kernel: odd, 3 to 31. Default 3.</summary>
    public int KernelSize
    {
        get;
        init => field = value is >= 3 and <= 31 && value % 2 == 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(KernelSize), value, "KernelSize must be odd, from 3 to 31.");
    } = 3;

    /// <summary>How the decoder widens. Default <see cref="Upsampling.TransposedConvolution"/>.</summary>
    public Upsampling Upsampling { get; init; }

    /// <summary>Whether every hidden convolution is normalised over the batch before its activation (Ioffe and Szegedy 2015). Default
    /// <see langword="null"/>: yes in autoencoders, whose embedding of distorted images is far better for it, and no in variational ones, whose bound
    /// is far better without.</summary>
    public bool? BatchNormalization { get; init; }

    internal bool IsNormalized => BatchNormalization ?? true;

    /// <summary>After the layer that gives the code. Default none.</summary>
    public Activation CodeActivation { get; init; } = Activation.Identity;

    /// <summary>
    /// How training images are bent before the encoder sees them; the decoder still has to give the straight image. The code then holds what
    /// an image shows rather than where and how it stands, and rebuilds it less exactly: <see langword="null"/> (no distortion) is better for
    /// reconstructions and for detecting anomalies by their error. Default <see cref="ImageDistortion"/> with its defaults.
    /// </summary>
    public ImageDistortion? Distortion { get; init; } = new();

    internal override ImageShape? Image(int inputSize) => ImageShape.Of(inputSize, Channels, Height, Width);

    internal override NetworkDesign Resolve(int inputSize, int[] hiddenSizes)
    {
        var shape = ImageShape.Of(inputSize, Channels, Height, Width);
        return this with { Height = shape.Height, Width = shape.Width };
    }

    internal override AutoencoderNetwork Create(AutoencoderArchitecture architecture, int seed) =>
        new ConvolutionalAutoencoder(this, architecture, seed);

    internal override long CountValues(AutoencoderArchitecture architecture)
    {
        checked
        {
            long channels = Channels, count = 0;
            foreach (long filters in Filters)
            {
                // Each convolution has its mirror image; a normalised layer has a scale, a shift, a mean and a variance instead of a bias.
                bool outermost = count == 0;
                count += 2 * channels * filters * KernelSize * KernelSize
                    + (IsNormalized ? 4 * filters : filters)
                    + (IsNormalized && !outermost ? 4 * channels : channels);
                channels = filters;
            }
            var (height, width) = Sizes(architecture.NetworkSize)[^1];
            long features = channels * height * width;
            return count + 2 * features * architecture.CodeSize + features + architecture.CodeSize;
        }
    }

    /// <summary>Height and width of the image, then behind each convolution of the encoder.</summary>
    internal (int Height, int Width)[] Sizes(int inputSize)
    {
        var shape = ImageShape.Of(inputSize, Channels, Height, Width);
        var sizes = new (int Height, int Width)[Filters.Count + 1];
        sizes[0] = (shape.Height, shape.Width);
        for (int i = 1; i < sizes.Length; i++) sizes[i] = ((sizes[i - 1].Height + 1) / 2, (sizes[i - 1].Width + 1) / 2);
        return sizes;
    }
}
