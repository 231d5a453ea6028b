using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Makes an image of a vector: a small one by a dense layer, normalised over the batch, which further layers widen. The channels of a
/// pixel lie side by side in memory, as in a <see cref="ConvolutionalAutoencoder"/>.</summary>
sealed class ConvolutionalGenerator : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    readonly ImageShape narrow;
    readonly DenseLayer project;
    readonly BatchNormalization normalization;
    readonly Sequential up;

    /// <param name="inputs">Values in the vector.</param>
    /// <param name="narrow">The small image.</param>
    /// <param name="layers">From the small image to the whole one; owned.</param>
    /// <param name="random">Where the dense layer's weights come from.</param>
    internal ConvolutionalGenerator(int inputs, ImageShape narrow, IEnumerable<nn.Module<Tensor, Tensor>> layers, SeededRandom random)
        : base(nameof(ConvolutionalGenerator))
    {
        this.narrow = narrow;
        project = new DenseLayer(inputs, checked((int)narrow.Values), Activation.Identity, random);
        normalization = new BatchNormalization(narrow.Channels);
        up = nn.Sequential(layers);
        RegisterComponents();
    }

    /// <param name="x">[rows, inputs]</param>
    /// <returns>[rows, channels x height x width]</returns>
    public override Tensor forward(Tensor x) =>
        up.forward(normalization.forward(narrow.FromPixels(project.forward(x))).relu()).flatten(1);

    public OnnxTensor forward(OnnxTensor x) =>
        OnnxLayers.forward(up, normalization.forward(narrow.FromPixels(project.forward(x))).relu()).reshape(0, -1);
}

/// <summary>What convolutions see in images.</summary>
sealed class ConvolutionalFeatures : nn.Module<Tensor, Tensor>
{
    readonly ImageShape image;
    readonly Sequential down;

    /// <param name="image">The images.</param>
    /// <param name="layers">What narrows them; owned.</param>
    internal ConvolutionalFeatures(ImageShape image, IEnumerable<nn.Module<Tensor, Tensor>> layers) : base(nameof(ConvolutionalFeatures))
    {
        this.image = image;
        down = nn.Sequential(layers);
        RegisterComponents();
    }

    /// <param name="x">[rows, channels x height x width]</param>
    /// <returns>[rows, features]: pixel by pixel.</returns>
    public override Tensor forward(Tensor x) => down.forward(image.FromRows(x)).permute(0, 2, 3, 1).flatten(1);
}
