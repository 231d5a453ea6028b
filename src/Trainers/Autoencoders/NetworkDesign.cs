using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>A kind of autoencoder network with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DenseNetwork), "dense")]
public abstract record NetworkDesign
{
    private protected NetworkDesign()
    {
    }

    /// <summary>The design with everything that was left open decided.</summary>
    /// <param name="inputSize">Values in a row.</param>
    /// <param name="hiddenSizes">Hidden layers of a dense network where it names none.</param>
    internal virtual NetworkDesign Resolve(int inputSize, int[] hiddenSizes) => this;

    /// <summary>The network with its first weights.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract AutoencoderNetwork Create(AutoencoderArchitecture architecture, int seed);

    /// <summary>Values in all parameters and buffers, told without building the network, so that a file's claim can be checked first.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues(AutoencoderArchitecture architecture);
}

/// <summary>Fully connected layers: <see cref="DenseAutoencoder"/>. Deep where more than one hidden layer is named.</summary>
public sealed record DenseNetwork : NetworkDesign
{
    /// <summary>
    /// Widths of the encoder's hidden layers from the input on, each at least 1; the decoder mirrors them. Empty for a network
    /// without hidden layers. Default <see langword="null"/>: one layer, its width chosen by the component.
    /// </summary>
    public IReadOnlyList<int>? HiddenSizes { get; init; }

    /// <summary>Whether the decoder uses the transposed weights of the encoder. Default no.</summary>
    public bool TiedWeights { get; init; }

    /// <summary>After the last layer of the encoder. Default none. A Kullback-Leibler penalty needs
    /// <see cref="Activation.Sigmoid"/>.</summary>
    public Activation CodeActivation { get; init; } = Activation.Identity;

    internal override NetworkDesign Resolve(int inputSize, int[] hiddenSizes) => HiddenSizes is null ? this with { HiddenSizes = hiddenSizes } : this;

    internal override AutoencoderNetwork Create(AutoencoderArchitecture architecture, int seed) => new DenseAutoencoder(
        architecture.NetworkSize, HiddenSizes ?? [], architecture.CodeSize, architecture.Activation, architecture.OutputActivation, seed,
        CodeActivation, TiedWeights);

    internal override long CountValues(AutoencoderArchitecture architecture)
    {
        long[] sizes = [architecture.NetworkSize, .. HiddenSizes ?? [], architecture.CodeSize];
        long count = 0;
        for (int i = 0; i + 1 < sizes.Length; i++)
            count = checked(count + (TiedWeights ? 1 : 2) * (sizes[i] * sizes[i + 1]) + sizes[i] + sizes[i + 1]);
        return count;
    }
}
