using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of an <see cref="AutoencoderEmbeddingEstimator"/>. Of networks that are not dense the sizes of layers stay.</summary>
public sealed class AutoencoderEmbeddingSearch : TrainerSearch<AutoencoderEmbeddingEstimator.Options>
{
    /// <summary>Values in the embedding: 2 to 128, by its logarithm.</summary>
    [Range(2, 128, 16, true)]
    public int EmbeddingSize { get; set; } = 16;

    /// <summary>Hidden layers of the encoder, each half as wide as the one before it: 1 to 3.</summary>
    [Range(1, 3, 1)]
    public int HiddenLayers { get; set; } = 1;

    /// <summary>Width of the first hidden layer: 16 to 1,000, by its logarithm.</summary>
    [Range(16, 1000, 64, true)]
    public int HiddenSize { get; set; } = 64;

    /// <summary>Pull of the weights towards 0: 0.0001 to 1, by its logarithm.</summary>
    [Range(1e-4, 1.0, 0.08, true)]
    public double WeightDecay { get; set; } = 0.08;

    /// <summary>Share of the values that the network has to fill in: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.0)]
    public double Masking { get; set; }

    private protected override void Set(AutoencoderEmbeddingEstimator.Options options)
    {
        options.EmbeddingSize = EmbeddingSize;
        options.Optimizer = options.Optimizer with { WeightDecay = WeightDecay };
        if (options.Network is DenseNetwork dense)
            options.Network = dense with { HiddenSizes = Halving(HiddenSize, HiddenLayers) };
        if (Masking > 0)
            options.Corruption = new MaskingNoise { Rate = Masking };
    }
}
