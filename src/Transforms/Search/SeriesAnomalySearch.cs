using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="SeriesAnomalyTrainer"/>.</summary>
public sealed class SeriesAnomalySearch : TrainerSearch<SeriesAnomalyTrainer.Options>
{
    /// <summary>Values in a window: 4 to 256, by its logarithm.</summary>
    [Range(4, 256, 12, true)]
    public int WindowSize { get; set; } = 12;

    /// <summary>Share of a window's values that its code has: 0.05 to 0.8.</summary>
    [Range(0.05, 0.8, 1 / 3.0, true)]
    public double CodeShare { get; set; } = 1 / 3.0;

    private protected override void Set(SeriesAnomalyTrainer.Options options)
    {
        options.WindowSize = WindowSize;
        options.CodeSize = Math.Max(1, (int)Math.Round(CodeShare * WindowSize));
    }
}
