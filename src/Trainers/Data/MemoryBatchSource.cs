using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Batches from rows that all fit in the computer's memory.</summary>
sealed class MemoryBatchSource(RowStore rows, BlockOrder order, string fingerprint) : HostBatchSource(rows.Width, order, CPU, fingerprint)
{
    public override long RowCount => rows.Count;

    protected override IEnumerable<Block> Blocks(CancellationToken cancellation)
    {
        for (long first = 0; first < rows.Count; first += Order.BlockRows)
            yield return new Block(rows, (int)first, (int)Math.Min(Order.BlockRows, rows.Count - first));
    }

    public override void Dispose() => rows.Dispose();
}
