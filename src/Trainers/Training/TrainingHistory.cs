namespace Extensions.ML.Trainers;

/// <summary>A running training, as told to <see cref="TrainingOptions.Progress"/>.</summary>
/// <param name="Epoch">The epoch under way or just done, from 1.</param>
/// <param name="Epochs">Epochs asked for.</param>
/// <param name="Step">Steps done in this epoch.</param>
/// <param name="Steps">Steps in this epoch.</param>
/// <param name="Loss">Mean training loss over the epoch so far.</param>
/// <param name="ValidationLoss">Loss on the validation rows, at the end of an epoch; <see langword="null"/> within it or without
/// any.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="RowsPerSecond">Training rows per second over the epoch so far; of sequences, tokens to learn.</param>
/// <param name="Elapsed">Time since training began.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, long Step, long Steps, double Loss, double? ValidationLoss,
    double LearningRate, double RowsPerSecond, TimeSpan Elapsed)
{
    /// <summary>Whether the epoch is done.</summary>
    public bool IsEpochEnd => Step == Steps;
}

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean training loss over the epoch, each row counted once.</param>
/// <param name="ValidationLoss">Mean loss on the validation rows after the epoch; <see langword="null"/> without any.</param>
/// <param name="LearningRate">Learning rate of the epoch's last step.</param>
/// <param name="Seconds">Time that the epoch took, validation included.</param>
/// <param name="Measures">What else a family of networks tells of an epoch, by name; <see langword="null"/> where it tells nothing.</param>
public sealed record EpochRecord(int Epoch, double Loss, double? ValidationLoss, double LearningRate, double Seconds,
    IReadOnlyDictionary<string, double>? Measures = null);

/// <summary>What happened in a training; kept with the model.</summary>
/// <param name="Epochs">Every epoch, in order.</param>
/// <param name="BestEpoch">The epoch with the best monitored loss, from 1.</param>
/// <param name="Restored">Whether the weights are those of <paramref name="BestEpoch"/> alone, though it is not the last epoch.</param>
/// <param name="StoppedEarly">Whether training stopped because the monitored loss no longer became better.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochRecord> Epochs, int BestEpoch, bool Restored, bool StoppedEarly);
