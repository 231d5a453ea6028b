namespace Extensions.ML.Trainers;

/// <summary>The batches of another source without the targets in their last slots. The other one stays its owner's.</summary>
/// <param name="source">The other source.</param>
/// <param name="features">Slots to keep.</param>
sealed class FeatureBatches(IBatchSource source, int features) : IBatchSource
{
    public long RowCount => source.RowCount;

    public string Fingerprint => $"{features} slots of {source.Fingerprint}";

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        foreach (var batch in source.Epoch(epoch, batchSize, skip, cancellation))
        {
            using var rows = batch[0].narrow(1, 0, features).DetachFromDisposeScope();
            yield return new Batch(rows);
        }
    }

    public void Dispose()
    {
    }
}
