namespace Extensions.ML.Trainers;

/// <summary>What an autoencoder is made of: all that is needed, besides the weights, to build it again.</summary>
public sealed record AutoencoderArchitecture
{
    /// <summary>Values in a row, at least 1.</summary>
    public required int InputSize { get; init; }

    /// <summary>Widths of the encoder's hidden layers from the input on; the decoder mirrors them. May be empty.</summary>
    public required IReadOnlyList<int> HiddenSizes { get; init; }

    /// <summary>Values in the code, at least 1.</summary>
    public required int CodeSize { get; init; }

    /// <summary>After every hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>After the last layer of the decoder.</summary>
    public Activation OutputActivation { get; init; } = Activation.Identity;

    /// <summary>What training minimises, and what the errors are measured in.</summary>
    public ReconstructionLoss Loss { get; init; } = ReconstructionLoss.MeanSquaredError;

    /// <summary>The network with its first weights.</summary>
    internal DenseAutoencoder Create(int seed) => new(InputSize, HiddenSizes, CodeSize, Activation, OutputActivation, seed);

    /// <summary>Name and shape of every parameter, told without building the network, so that a file can be checked first.</summary>
    internal IEnumerable<(string Name, long[] Shape)> ParameterShapes()
    {
        int[] sizes = [InputSize, .. HiddenSizes, CodeSize];
        for (var half = 0; half < 2; half++, Array.Reverse(sizes))
        {
            var name = half == 0 ? "encoder" : "decoder";
            for (var i = 0; i + 1 < sizes.Length; i++)
            {
                yield return ($"{name}.{i}.weight", [sizes[i + 1], sizes[i]]);
                yield return ($"{name}.{i}.bias", [sizes[i + 1]]);
            }
        }
    }
}
