using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="GanTrainer"/>. Of networks that are not dense the sizes of layers stay.</summary>
public sealed class GanSearch : TrainerSearch<GanTrainer.Options>
{
    /// <summary>Values in the latent vector: 10 to 256, by its logarithm.</summary>
    [Range(10, 256, 64, true)]
    public int LatentSize { get; set; } = 64;

    /// <summary>Width of the hidden layers of both networks: 32 to 1,000, by its logarithm.</summary>
    [Range(32, 1000, 256, true)]
    public int HiddenSize { get; set; } = 256;

    /// <summary>Learning rate of the discriminator in that of the generator: 0.25 to 4, by its logarithm.</summary>
    [Range(0.25, 4.0, 1.0, true)]
    public double DiscriminatorLearningRateFactor { get; set; } = 1;

    private protected override void Set(GanTrainer.Options options)
    {
        options.LatentSize = LatentSize;
        options.DiscriminatorLearningRateFactor = DiscriminatorLearningRateFactor;
        if (options.Network is DenseGan dense)
        {
            options.Network = dense with
            {
                GeneratorSizes = [.. dense.GeneratorSizes.Select(_ => HiddenSize)],
                DiscriminatorSizes = [.. dense.DiscriminatorSizes.Select(_ => HiddenSize)],
            };
        }
    }
}
