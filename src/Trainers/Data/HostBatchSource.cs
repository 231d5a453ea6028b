using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Batches copied together from blocks of rows in the computer's memory.</summary>
abstract class HostBatchSource(int width, BlockOrder order, Device device, string fingerprint) : IBatchSource
{
    protected int Width => width;
    protected BlockOrder Order => order;

    public abstract long RowCount { get; }

    public string Fingerprint => $"{fingerprint}, {order}";

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        using var buffer = new BatchBuffer(batchSize, width, device);
        var permutation = new int[(int)Math.Min(order.BlockRows, RowCount)];
        long toSkip = skip * batchSize, number = 0;
        int filled = 0;
        foreach (var block in Blocks(cancellation))
        {
            order.Fill(permutation.AsSpan(0, block.Count), epoch, number++);
            int at = (int)Math.Min(toSkip, block.Count);
            toSkip -= at;
            while (at < block.Count)
            {
                int take = Math.Min(batchSize - filled, block.Count - at);
                buffer.Fill(filled, block, permutation.AsSpan(at, take));
                at += take;
                filled += take;
                if (filled < batchSize) break; // The next block completes the batch.
                yield return buffer.Batch(filled);
                filled = 0;
            }
        }
        if (filled > 0) yield return buffer.Batch(filled);
    }

    public abstract void Dispose();

    /// <summary>The blocks of an epoch in order; each is valid until the next is asked for.</summary>
    protected abstract IEnumerable<Block> Blocks(CancellationToken cancellation);

    protected readonly record struct Block(RowStore Rows, int First, int Count);

    /// <summary>The memory of one batch, filled anew for each.</summary>
    sealed unsafe class BatchBuffer : IDisposable
    {
        readonly Tensor rows;
        readonly float* start;
        readonly Device device;
        readonly Batch full;
        Tensor? handedOut;

        public BatchBuffer(int batchSize, int width, Device device)
        {
            rows = empty([batchSize, width], dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
            start = (float*)NativeBytes.Address(rows);
            full = new Batch(rows);
            this.device = device;
        }

        public void Fill(int at, in Block block, ReadOnlySpan<int> order)
            => block.Rows.Gather(order, block.First, start + (long)at * block.Rows.Width);

        public Batch Batch(int count)
        {
            handedOut?.Dispose();
            handedOut = null;
            if (device.type == TorchSharp.DeviceType.CPU && count == full.Rows) return full;
            var part = rows.narrow(0, 0, count);
            handedOut = device.type == TorchSharp.DeviceType.CPU ? part : part.to(device, disposeAfter: true);
            return new Batch(handedOut.DetachFromDisposeScope());
        }

        public void Dispose()
        {
            handedOut?.Dispose();
            rows.Dispose();
        }
    }
}
