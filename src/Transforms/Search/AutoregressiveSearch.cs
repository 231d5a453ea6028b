using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of an <see cref="AutoregressiveTrainer"/> of tables. Of other networks than <see cref="MaskedAutoregressiveNetwork"/> the
/// size stays.</summary>
public sealed class AutoregressiveSearch : TrainerSearch<AutoregressiveTrainer.Options>
{
    /// <summary>Width of the hidden layers: 32 to 1,000, by its logarithm.</summary>
    [Range(32, 1000, 256, true)]
    public int HiddenSize { get; set; } = 256;

    /// <summary>Residual blocks: 1 to 4.</summary>
    [Range(1, 4, 2)]
    public int Blocks { get; set; } = 2;

    /// <summary>Distributions that a number is a mixture of: 2 to 30, by its logarithm.</summary>
    [Range(2, 30, 10, true)]
    public int Components { get; set; } = 10;

    /// <summary>Share of the hidden values that training sets to 0: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.2)]
    public double Dropout { get; set; } = 0.2;

    private protected override void Set(AutoregressiveTrainer.Options options)
    {
        options.Dropout = Dropout;
        if (options.Network is MaskedAutoregressiveNetwork masked)
            options.Network = masked with { HiddenSize = HiddenSize, Blocks = Blocks, Components = Components };
    }
}
