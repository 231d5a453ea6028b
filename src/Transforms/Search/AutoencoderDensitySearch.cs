using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of an <see cref="AutoencoderDensityTrainer"/>. Of a density that is no mixture the number of its distributions is not
/// asked.</summary>
public sealed class AutoencoderDensitySearch : TrainerSearch<AutoencoderDensityTrainer.Options>
{
    /// <summary>Values in the code: 2 to 64, by its logarithm.</summary>
    [Range(2, 64, 16, true)]
    public int CodeSize { get; set; } = 16;

    /// <summary>Normal distributions in the mixture: 1 to 50, by its logarithm.</summary>
    [Range(1, 50, 10, true)]
    public int Components { get; set; } = 10;

    private protected override void Set(AutoencoderDensityTrainer.Options options)
    {
        options.CodeSize = CodeSize;
        if (options.CodeDensity is MixtureCodeDensity mixture)
            options.CodeDensity = mixture with { Components = Components };
    }
}
