using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="NormalizingFlowTrainer"/>.</summary>
public sealed class NormalizingFlowSearch : TrainerSearch<NormalizingFlowTrainer.Options>
{
    /// <summary>Steps of the flow: 2 to 12.</summary>
    [Range(2, 12, 6)]
    public int Steps { get; set; } = 6;

    /// <summary>Width of the hidden layers in a step: 32 to 512, by its logarithm.</summary>
    [Range(32, 512, 128, true)]
    public int HiddenSize { get; set; } = 128;

    /// <summary>Share of the hidden values that training sets to 0: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.2)]
    public double Dropout { get; set; } = 0.2;

    private protected override void Set(NormalizingFlowTrainer.Options options)
    {
        options.Flow = options.Flow with { Steps = Steps, HiddenSize = HiddenSize };
        options.Dropout = Dropout;
    }
}
