using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Batches from rows that are read from their source again in every epoch. A second thread reads the next block while the last one is
/// trained on, across the end of an epoch too; memory is two blocks.
/// </summary>
sealed class StreamedBatchSource : HostBatchSource
{
    readonly IRowSource rows;
    readonly RowSplit split;
    readonly bool validation;
    readonly FeatureScaler scaler;
    readonly RowStore[] stores;

    CancellationTokenSource stop = new();
    IRowReader? reader;
    long rowIndex; // Rows read from the source in this pass,
    long read;     // and how many of them belong here.
    int current;
    Task? pending;

    /// <param name="rows">The source, read from a thread of its own.</param>
    /// <param name="count">How many of its rows belong here, counted by an earlier pass.</param>
    /// <param name="split">Tells validation rows from training rows.</param>
    /// <param name="validation">Which of the two are wanted.</param>
    /// <param name="scaler">Applied to every row, but for targets behind its slots.</param>
    /// <param name="order">Block size and seed.</param>
    /// <param name="device">Where the batches are wanted.</param>
    /// <param name="fingerprint">What the rows are.</param>
    public StreamedBatchSource(IRowSource rows, long count, RowSplit split, bool validation, FeatureScaler scaler, BlockOrder order,
        Device device, string fingerprint) : base(rows.Width, order, device, fingerprint)
    {
        (this.rows, RowCount, this.split, this.validation, this.scaler) = (rows, count, split, validation, scaler);
        int blockRows = (int)Math.Min(order.BlockRows, count);
        stores = [new RowStore(rows.Width, blockRows), new RowStore(rows.Width, blockRows)];
        foreach (var store in stores) store.Reserve(blockRows);
    }

    public override long RowCount { get; }

    protected override IEnumerable<Block> Blocks(CancellationToken cancellation)
    {
        bool complete = false;
        try
        {
            for (long left = RowCount; left > 0;)
            {
                Prefetch();
                Task.WaitAny([pending!], cancellation);
                pending!.GetAwaiter().GetResult();
                pending = null;
                var block = stores[current];
                left -= block.Count;
                current = 1 - current;
                Prefetch();
                yield return new Block(block, 0, block.Count);
            }
            complete = true;
        }
        finally
        {
            if (!complete) Rewind();
        }
    }

    /// <summary>Starts reading the block after the last one into the store that is free, where that is not under way.</summary>
    void Prefetch()
    {
        var token = stop.Token;
        pending ??= Task.Factory.StartNew(() => Read(stores[current], token), token, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    void Read(RowStore store, CancellationToken token)
    {
        store.Clear();
        reader ??= rows.Open();
        long left = RowCount - read;
        int wanted = (int)Math.Min(Order.BlockRows, left);
        while (store.Count < wanted)
        {
            token.ThrowIfCancellationRequested();
            var row = store.Next();
            if (!reader.TryRead(row))
                throw new InvalidOperationException(
                    $"The data gave {RowCount} rows in its first pass and only {read + store.Count} in a later one; "
                    + "training needs a source that gives the same rows in every pass.");
            long index = rowIndex++;
            if (split.IsValidation(index) != validation) continue;
            FeatureScaler.CheckFinite(row, index);
            scaler.Apply(row[..scaler.Width]);
            store.Commit();
        }
        read += store.Count;
        if (read == RowCount) CloseReader();
    }

    void CloseReader()
    {
        reader?.Dispose();
        reader = null;
        (rowIndex, read) = (0, 0);
    }

    /// <summary>Stops a read that is under way and goes back to the first row.</summary>
    void Rewind()
    {
        stop.Cancel();
        try { pending?.Wait(); }
        catch (AggregateException) { } // It was told to stop, or its error has been thrown already.
        pending = null;
        stop.Dispose();
        stop = new CancellationTokenSource();
        current = 0;
        CloseReader();
    }

    public override void Dispose()
    {
        Rewind();
        stop.Dispose();
        foreach (var store in stores) store.Dispose();
    }
}
