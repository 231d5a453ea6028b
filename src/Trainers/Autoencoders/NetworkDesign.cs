using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>A kind of autoencoder network with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DenseNetwork), "dense")]
[JsonDerivedType(typeof(ConvolutionalNetwork), "convolutional")]
[JsonDerivedType(typeof(RecurrentNetwork), "recurrent")]
[JsonDerivedType(typeof(MaskedTransformerNetwork), "masked-transformer")]
public abstract record NetworkDesign
{
    private protected NetworkDesign()
    {
    }

    /// <summary>The scaling that the rows can have.</summary>
    /// <param name="asked">What the user asks for.</param>
    /// <exception cref="ArgumentException">The rows cannot have it.</exception>
    internal virtual FeatureScaling ResolveScaling(FeatureScaling asked) => asked;

    /// <summary>The shape of the images that rows hold; <see langword="null"/> where the network sees none.</summary>
    /// <param name="inputSize">Values in a row.</param>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    internal virtual ImageShape? Image(int inputSize) => null;

    /// <summary>The design with everything that was left open decided.</summary>
    /// <param name="inputSize">Values in a row.</param>
    /// <param name="hiddenSizes">Hidden layers of a dense network where it names none.</param>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    internal virtual NetworkDesign Resolve(int inputSize, int[] hiddenSizes) => this;

    /// <summary>The network with its first weights.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract AutoencoderNetwork Create(AutoencoderArchitecture architecture, int seed);

    /// <summary>Values in all parameters and buffers, told without building the network, so that a file's claim can be checked first.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues(AutoencoderArchitecture architecture);
}
