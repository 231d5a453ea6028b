using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Batches selected from rows that are all held on a GPU: only their numbers travel there, once per epoch.</summary>
/// <param name="rows">[rows, width], on the device; owned.</param>
/// <param name="order">The order of the rows.</param>
/// <param name="fingerprint">What the rows are.</param>
sealed class DeviceBatchSource(Tensor rows, BlockOrder order, string fingerprint) : IBatchSource
{
    public long RowCount { get; } = rows.shape[0];

    public string Fingerprint => $"{fingerprint}, {order}";

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        using var numbers = Numbers(epoch);
        for (long first = skip * batchSize; first < RowCount; first += batchSize)
        {
            using var chosen = numbers.narrow(0, first, Math.Min(batchSize, RowCount - first));
            using var batch = rows.index_select(0, chosen).DetachFromDisposeScope();
            yield return new Batch(batch);
        }
    }

    /// <returns>[rows], int64, on the device: the rows in the order of the epoch.</returns>
    Tensor Numbers(int epoch)
    {
        var permutation = new int[(int)Math.Min(order.BlockRows, RowCount)];
        using var host = empty([RowCount], dtype: ScalarType.Int64, device: CPU);
        var numbers = MemoryMarshal.Cast<byte, long>(host.bytes);
        for (long first = 0, block = 0; first < RowCount; first += order.BlockRows, block++)
        {
            var part = permutation.AsSpan(0, (int)Math.Min(order.BlockRows, RowCount - first));
            order.Fill(part, epoch, block);
            for (int i = 0; i < part.Length; i++) numbers[(int)first + i] = first + part[i];
        }
        return host.to(rows.device).DetachFromDisposeScope();
    }

    public void Dispose() => rows.Dispose();
}
