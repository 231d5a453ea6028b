using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>How a source is split, scaled, shuffled and held. See <see cref="TrainingData.Load"/>.</summary>
public sealed record DataOptions
{
    /// <summary>The scaling to learn from the training rows. Default <see cref="FeatureScaling.None"/>.</summary>
    public FeatureScaling Scaling { get; init; } = FeatureScaling.None;

    /// <summary>Share of the rows kept for validation, from 0 (none, the default) to below 1; decided by a hash of row index and seed.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>Bytes of rows to hold in memory before the data is streamed from its source instead. Default 1 GB.</summary>
    public long MemoryBudget { get; init; } = 1L << 30;

    /// <summary>
    /// Rows that are shuffled among each other; 0 (the default) means all rows when they are in memory, and as many as a block
    /// of at most 128 MB and half the budget holds when they are streamed. Equal buffers give equal batches either way.
    /// </summary>
    public int ShuffleRows { get; init; }

    /// <summary>Seed of the split and of the order of the rows. Default 1.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>
/// A source made ready for training: read and checked once from the first to the last row, split, its scaling learned, and held in
/// native memory where it fits the budget, else streamed again each epoch. Holds no row twice.
/// </summary>
public sealed class TrainingData : IDisposable
{
    TrainingData(FeatureScaler scaler, IBatchSource training, IBatchSource? validation, bool streamed)
        => (Scaler, Training, Validation, IsStreamed) = (scaler, training, validation, streamed);

    /// <summary>The scaling that is applied to every row on its way into a batch.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>Batches of one tensor [rows, width], float32, on the device; shuffled anew in each epoch.</summary>
    public IBatchSource Training { get; }

    /// <summary>The rows kept for validation, in the order of the source; <see langword="null"/> without any.</summary>
    public IBatchSource? Validation { get; }

    /// <summary>Whether the rows did not fit the budget and are read again from their source each epoch.</summary>
    public bool IsStreamed { get; }

    /// <summary>Reads, checks, splits and scales a source in one pass.</summary>
    /// <param name="rows">The source.</param>
    /// <param name="options">Scaling, split, memory and seed.</param>
    /// <param name="device">Where the batches are wanted; rows that are held in memory are held there.</param>
    /// <param name="cancellation">Stops the pass.</param>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">No rows, or none left to train on after the split.</exception>
    public static TrainingData Load(IRowSource rows, DataOptions options, Device device, CancellationToken cancellation = default)
        => throw new NotImplementedException();

    /// <summary>Frees the rows.</summary>
    public void Dispose()
    {
        Training.Dispose();
        Validation?.Dispose();
    }
}
