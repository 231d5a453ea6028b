using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Convolutions in generator and discriminator, for images of any size (Radford et al., "Unsupervised Representation Learning with Deep
/// Convolutional Generative Adversarial Networks", ICLR 2016). A dense layer makes a small image of the latent vector, which each layer
/// of the generator doubles; the discriminator is its mirror image. A row is an image as <c>ExtractPixels</c> writes it: channel by channel, line
/// by line.
/// </summary>
public sealed record ConvolutionalGan : AdversarialDesign
{
    const int LeastSide = 4, LeastFilters = 32, MostFilters = 256;

    /// <summary>Channels of an image: 1, 3 or 4. Default 1.</summary>
    public int Channels { get; init => field = ImageShape.CheckChannels(value); } = 1;

    /// <summary>Lines of an image, at least 1. Default <see langword="null"/>: told by the length of a row, for square images where
    /// <see cref="Width"/> is open too.</summary>
    public int? Height { get; init => field = value is { } height ? AtLeast(height, 1) : null; }

    /// <summary>Pixels of a line, at least 1. Default <see langword="null"/>: told by the length of a row.</summary>
    public int? Width { get; init => field = value is { } width ? AtLeast(width, 1) : null; }

    /// <summary>Filters of the discriminator's convolutions from the image on, each at least 1; each convolution halves height and width, and the
    /// generator mirrors them. Default <see langword="null"/>: from 32 on twice as many each time, up to 256, as long as the smaller side
    /// stays at least 4 pixels: 32, 64 for 28 x 28.</summary>
    public IReadOnlyList<int>? Filters
    {
        get;
        init => field = value is null or { Count: > 0 } ? value is null ? null : EachAtLeastOne(value)
            : throw new ArgumentException("Filters must name at least one convolution.", nameof(Filters));
    }

    /// <summary>Height and width of every kernel: odd, 3 to 31. Default 5, as in the paper.</summary>
    public int KernelSize
    {
        get;
        init => field = value is >= 3 and <= 31 && value % 2 == 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(KernelSize), value, "KernelSize must be odd, from 3 to 31.");
    } = 5;

    /// <summary>How the generator widens. Default <see cref="Upsampling.TransposedConvolution"/>.</summary>
    public Upsampling Upsampling { get; init; }

    internal override AdversarialDesign Resolve(int inputSize)
    {
        var shape = ImageShape.Of(inputSize, Channels, Height, Width);
        return this with { Height = shape.Height, Width = shape.Width, Filters = Filters ?? Doubling(Math.Min(shape.Height, shape.Width)) };
    }

    static int[] Doubling(int side)
    {
        var filters = new List<int> { LeastFilters };
        for (side /= 4; side >= LeastSide; side /= 2) filters.Add(Math.Min(2 * filters[^1], MostFilters));
        return [.. filters];
    }

    internal override nn.Module<Tensor, Tensor> CreateGenerator(int inputs, int outputs, SeededRandom random)
    {
        var sizes = Sizes(outputs);
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (int i = sizes.Length - 1; i > 0; i--)
            layers.Add(new ConvolutionLayer((sizes[i].Channels, sizes[i - 1].Channels), Lines(sizes[i]), Lines(sizes[i - 1]), KernelSize, Upsampling,
                normalized: i > 1, i > 1 ? Activation.Relu : Activation.Identity, random));
        return new ConvolutionalGenerator(inputs, sizes[^1], layers, random);
    }

    internal override nn.Module<Tensor, Tensor> CreateFeatures(int inputs, SeededRandom random)
    {
        var sizes = Sizes(inputs);
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (int i = 1; i < sizes.Length; i++)
        {
            layers.Add(new ConvolutionLayer((sizes[i - 1].Channels, sizes[i].Channels), Lines(sizes[i - 1]), Lines(sizes[i]), KernelSize, null,
                normalized: false, Activation.Identity, random));
            layers.Add(nn.LeakyReLU(LeakySlope));
        }
        return new ConvolutionalFeatures(sizes[0], layers);
    }

    internal override long CountFeatures(int inputs) => Sizes(inputs)[^1].Values;

    internal override long CountValues(int latents, int inputs)
    {
        var sizes = Sizes(inputs);
        checked
        {
            // The dense layer and the normalization behind it.
            long count = (latents + 1L) * sizes[^1].Values + 4L * sizes[^1].Channels;
            for (int i = 1; i < sizes.Length; i++)
            {
                long before = sizes[i - 1].Channels, after = sizes[i].Channels;
                // A normalised layer has a scale, a shift, a mean and a variance instead of a bias.
                count += 2 * before * after * KernelSize * KernelSize + after + (i > 1 ? 4 * before : before);
            }
            return count;
        }
    }

    /// <summary>The image, then what each convolution of the discriminator makes of it.</summary>
    ImageShape[] Sizes(int inputSize)
    {
        if (Filters is null) return ((ConvolutionalGan)Resolve(inputSize)).Sizes(inputSize);
        var sizes = new ImageShape[Filters.Count + 1];
        sizes[0] = ImageShape.Of(inputSize, Channels, Height, Width);
        for (int i = 1; i < sizes.Length; i++) sizes[i] = new(Filters[i - 1], (sizes[i - 1].Height + 1) / 2, (sizes[i - 1].Width + 1) / 2);
        return sizes;
    }

    static (int, int) Lines(ImageShape shape) => (shape.Height, shape.Width);
}
