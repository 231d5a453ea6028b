using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Gives the batches of an epoch, shuffled in an order that only the seed and the epoch decide.</summary>
public interface IBatchSource : IDisposable
{
    /// <summary>Rows in an epoch, at least 1.</summary>
    long RowCount { get; }

    /// <summary>Batches in an epoch, the same in every epoch.</summary>
    /// <param name="batchSize">As for <see cref="Epoch"/>.</param>
    long BatchCount(int batchSize) => (RowCount + batchSize - 1) / batchSize;

    /// <summary>What decides the batches, as text: a checkpoint is continued only on batches of the same fingerprint.</summary>
    string Fingerprint { get; }

    /// <summary>The batches of one epoch.</summary>
    /// <param name="epoch">The epoch from 0; its order is the same whenever it is asked for.</param>
    /// <param name="batchSize">How large a batch is, at least 1: rows in each but the last, or tokens at most for a source of sequences.</param>
    /// <param name="skip">Batches at the start of the epoch to leave out: those that an interrupted run has seen.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>Batches, each valid until the next one is asked for; the source owns their tensors.</returns>
    IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default);
}

/// <summary>
/// The tensors of one step, in the order that the family of models agrees on (features; or source, target, mask; ...).
/// The first dimension of each is the row.
/// </summary>
/// <param name="tensors">The tensors, at least one; all with the same first dimension.</param>
public sealed class Batch(params IReadOnlyList<Tensor> tensors)
{
    /// <summary>All tensors, first dimension = rows.</summary>
    public IReadOnlyList<Tensor> Tensors { get; } = tensors;

    /// <summary>Number of rows.</summary>
    public long Rows { get; } = tensors[0].shape[0];

    /// <summary>What the mean loss of the batch counts for in that of an epoch or of several batches. Default <see cref="Rows"/>.</summary>
    public long Weight { get; init; } = tensors[0].shape[0];

    /// <summary>One tensor, by its place.</summary>
    public Tensor this[int index] => Tensors[index];
}
