using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What every trainer of a network over rows lets the user set about its training. The defaults give a good model without tuning.</summary>
public abstract class NetworkOptions : TrainerOptions
{
    private protected NetworkOptions(int leastSteps, int leastEpochs, int mostEpochs = 100) =>
        (_leastSteps, _leastEpochs, _mostEpochs) = (leastSteps, leastEpochs, mostEpochs);

    readonly int _leastSteps;
    readonly int _leastEpochs;
    readonly int _mostEpochs;

    /// <summary>
    /// Passes over the training rows, at least 1. Default <see langword="null"/>: as many as a small data set needs for
    /// enough steps, and few on a large one; the trainer's page tells the rule.
    /// </summary>
    public int? Epochs { get; set; }

    /// <summary>Rows in a step, at least 1. Default 128, for embeddings 32.</summary>
    public int BatchSize { get; set; } = 128;

    /// <summary>Bytes of rows to hold in memory; larger data is streamed from its source in every epoch. Default 1 GB.</summary>
    public long MemoryBudget { get; set; } = 1L << 30;

    /// <summary>Rows that are shuffled among each other. Default 0: all rows when they are in memory, else as many as fit a buffer.</summary>
    public int ShuffleRows { get; set; }

    internal DataOptions ToDataOptions(IHostEnvironment env, FeatureScaling scaling, SlotLayout? layout = null) => new()
    {
        Scaling = scaling,
        Layout = layout,
        ValidationFraction = ValidationFraction,
        MemoryBudget = MemoryBudget,
        ShuffleRows = ShuffleRows,
        Seed = ResolveSeed(env),
    };

    internal TrainingOptions ToTrainingOptions(IHostEnvironment env, string device, long rows, Action<string> log)
    {
        var steps = (rows + BatchSize - 1) / BatchSize;
        return ToTrainingOptions(env, device, log) with
        {
            Epochs = Epochs ?? (int)Math.Clamp((_leastSteps + steps - 1) / steps, _leastEpochs, _mostEpochs),
            BatchSize = BatchSize,
        };
    }
}
