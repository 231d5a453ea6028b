using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What every trainer of a network over texts lets the user set about its training.</summary>
public abstract class SequenceOptions : TrainerOptions
{
    const int MostEpochs = 200;

    readonly int _leastSteps, _leastEpochs;

    private protected SequenceOptions(int leastSteps, int leastEpochs) => (_leastSteps, _leastEpochs) = (leastSteps, leastEpochs);

    /// <summary>Passes over the training texts, at least 1. Default <see langword="null"/>: as many as make 6,000 steps, of translators 13,000, but at
    /// least 16, of translators 10, and at most 200.</summary>
    public int? Epochs { get; set; }

    /// <summary>Tokens in a batch, at least 1, padding counted: texts of about the same length make a batch together, many short ones or few long
    /// ones.</summary>
    public int BatchTokens { get; set; } = 1200;

    /// <summary>Batches whose gradients make a step together, at least 1. Default 1.</summary>
    public int AccumulateBatches { get; set; } = 1;

    /// <summary>Epochs at the end of training whose weights are averaged, at least 1; above 1, in place of taking those of the best epoch. Default
    /// 1.</summary>
    public int AverageEpochs { get; set; } = 1;

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal virtual void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs ?? 1, 1, nameof(Epochs));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(AccumulateBatches, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(AverageEpochs, 1);
        if (Precision != Precision.Float32)
            throw new ArgumentException($"Networks over texts are trained in {Precision.Float32}, not in {Precision}.", nameof(Precision));
        if (ValidationFraction is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(ValidationFraction), ValidationFraction, "ValidationFraction must be from 0 to below 1.");
    }

    /// <inheritdoc cref="TrainerOptions.ToTrainingOptions"/>
    internal new TrainingOptions ToTrainingOptions(IHostEnvironment env, string device, Action<string> log) =>
        base.ToTrainingOptions(env, device, log) with
        {
            Epochs = Epochs ?? _leastEpochs,
            BatchSize = BatchTokens,
            AccumulateBatches = AccumulateBatches,
            AverageEpochs = AverageEpochs,
        };

    /// <summary>Epochs where the data gives so many batches.</summary>
    internal int ResolveEpochs(long batches)
    {
        var steps = (batches + AccumulateBatches - 1) / AccumulateBatches;
        return Epochs ?? (int)Math.Clamp((_leastSteps + steps - 1) / steps, _leastEpochs, MostEpochs);
    }
}
