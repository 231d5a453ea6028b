namespace Extensions.ML.Trainers;

/// <summary>Fully connected layers: <see cref="DenseAutoencoder"/>. Deep where more than one hidden layer is named.</summary>
public sealed record DenseNetwork : NetworkDesign
{
    /// <summary>
    /// Widths of the encoder's hidden layers from the input on, each at least 1; the decoder mirrors them. Empty for a network
    /// without hidden layers. Default <see langword="null"/>: one layer, its width chosen by the component.
    /// </summary>
    public IReadOnlyList<int>? HiddenSizes { get; init => field = value is null ? null : EachAtLeastOne(value); }

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
