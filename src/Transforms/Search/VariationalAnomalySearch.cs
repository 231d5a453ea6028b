using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="VariationalAnomalyTrainer"/>.</summary>
public sealed class VariationalAnomalySearch : TrainerSearch<VariationalAnomalyTrainer.Options>
{
    /// <summary>Values in the latent vector: 1 to 64, by its logarithm.</summary>
    [Range(1, 64, 8, true)]
    public int LatentSize { get; set; } = 8;

    /// <summary>Weight of the divergence from the prior: 0.1 to 10, by its logarithm.</summary>
    [Range(0.1, 10.0, 1.0, true)]
    public double Beta { get; set; } = 1;

    private protected override void Set(VariationalAnomalyTrainer.Options options)
    {
        options.LatentSize = LatentSize;
        options.Beta = Beta;
    }
}
