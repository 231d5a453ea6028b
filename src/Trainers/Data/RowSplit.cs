namespace Extensions.ML.Trainers;

/// <summary>
/// Which rows are kept for validation: decided by a hash of the row's index and the seed, so that it needs no memory and is the same in
/// every pass.
/// </summary>
readonly struct RowSplit(double fraction, int seed)
{
    readonly ulong limit = (ulong)(fraction * (1UL << 53));

    /// <summary>Parts rows that are held in memory.</summary>
    public (List<T> Training, List<T> Validation) Part<T>(IEnumerable<T> rows)
    {
        var (training, validation) = (new List<T>(), new List<T>());
        foreach (var (index, row) in rows.Index()) (IsValidation(index) ? validation : training).Add(row);
        return (training, validation);
    }

    /// <summary>The first row is always trained on, so that some row is.</summary>
    public bool IsValidation(long row) => limit > 0 && row > 0 && SeededRandom.Hash(seed, row) >> 11 < limit;
}
