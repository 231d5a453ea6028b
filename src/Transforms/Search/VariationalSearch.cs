using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="VariationalEncodingEstimator"/> or a <see cref="VariationalGeneratorTrainer"/>. Of networks that are not
/// dense the sizes of layers stay.</summary>
public sealed class VariationalSearch : TrainerSearch<VariationalOptions>
{
    /// <summary>Values in the latent vector: 2 to 128, by its logarithm.</summary>
    [Range(2, 128, 16, true)]
    public int LatentSize { get; set; } = 16;

    /// <summary>Hidden layers of the encoder, each half as wide as the one before it: 1 to 3.</summary>
    [Range(1, 3, 1)]
    public int HiddenLayers { get; set; } = 1;

    /// <summary>Width of the first hidden layer: 16 to 1,000, by its logarithm.</summary>
    [Range(16, 1000, 64, true)]
    public int HiddenSize { get; set; } = 64;

    /// <summary>Weight of the divergence from the prior: 0.1 to 10, by its logarithm.</summary>
    [Range(0.1, 10.0, 1.0, true)]
    public double Beta { get; set; } = 1;

    private protected override void Set(VariationalOptions options)
    {
        options.LatentSize = LatentSize;
        options.Beta = Beta;
        if (options.Network is DenseNetwork dense)
            options.Network = dense with { HiddenSizes = Halving(HiddenSize, HiddenLayers) };
    }
}
