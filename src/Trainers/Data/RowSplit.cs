namespace Extensions.ML.Trainers;

/// <summary>
/// Which rows are kept for validation: decided by a hash of the row's index and the seed, so that it needs no memory and is the same in
/// every pass.
/// </summary>
readonly struct RowSplit(double fraction, int seed)
{
    readonly ulong limit = (ulong)(fraction * (1UL << 53));

    /// <summary>The first row is always trained on, so that some row is.</summary>
    public bool IsValidation(long row) => limit > 0 && row > 0 && SeededRandom.Hash(seed, row) >> 11 < limit;
}
