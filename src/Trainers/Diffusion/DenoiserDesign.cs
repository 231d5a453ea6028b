using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>A kind of network that tells noise from data, with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DenseDenoiser), "dense")]
[JsonDerivedType(typeof(UNet), "unet")]
public abstract record DenoiserDesign
{
    private protected DenoiserDesign()
    {
    }

    /// <summary>Values that the network knows of a row's time and class, at least 1. Default 128.</summary>
    public int EmbeddingSize { get; init => field = AtLeast(value, 1); } = 128;

    /// <summary>The network with its first weights.</summary>
    /// <param name="width">Values in a row.</param>
    /// <param name="classes">Number of classes; 0 for none.</param>
    /// <param name="seed">Of the first weights.</param>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    internal abstract DenoiserNetwork Create(int width, int classes, int seed);

    /// <summary>Values in all parameters, told without building the network, so that a file's claim can be checked first.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    internal abstract long CountValues(int width, int classes);

    private protected long CountConditionValues(int classes) => ConditionEmbedding.CountValues(EmbeddingSize, classes);
}

/// <summary>Fully connected residual blocks, for tables and for codes (after Kotelnikov et al., "TabDDPM: Modelling Tabular Data with Diffusion
/// Models", ICML 2023, section 4, and the residual network of Gorishniy et al., NeurIPS 2021).</summary>
public sealed record DenseDenoiser : DenoiserDesign
{
    /// <summary>Width of every hidden layer, at least 1. Default 256.</summary>
    public int HiddenSize { get; init => field = AtLeast(value, 1); } = 256;

    /// <summary>Residual blocks of two layers, at least 1. Default 3.</summary>
    public int Blocks { get; init => field = AtLeast(value, 1); } = 3;

    internal override DenoiserNetwork Create(int width, int classes, int seed) => new DenseDenoiserNetwork(this, width, classes, seed);

    internal override long CountValues(int width, int classes)
    {
        checked
        {
            long hidden = HiddenSize, norm = 2 * hidden, layer = hidden * (hidden + 1), condition = hidden * (EmbeddingSize + 1L);
            return CountConditionValues(classes) + hidden * (width + 1L) + Blocks * (norm + 2 * layer + condition) + norm + (hidden + 1) * width;
        }
    }
}
