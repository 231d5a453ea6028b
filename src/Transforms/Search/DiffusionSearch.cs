using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="DiffusionTrainer"/>. Of networks that are not dense the size stays.</summary>
public sealed class DiffusionSearch : TrainerSearch<DiffusionTrainer.Options>
{
    /// <summary>Width of the hidden layers: 64 to 1,024, by its logarithm.</summary>
    [Range(64, 1024, 256, true)]
    public int HiddenSize { get; set; } = 256;

    /// <summary>Residual blocks: 1 to 6.</summary>
    [Range(1, 6, 3)]
    public int Blocks { get; set; } = 3;

    private protected override void Set(DiffusionTrainer.Options options)
    {
        if (options.Network is DenseDenoiser dense)
            options.Network = dense with { HiddenSize = HiddenSize, Blocks = Blocks };
    }
}
