namespace Extensions.ML.Trainers;

/// <summary>
/// The one shuffle of all sources: rows are cut into blocks of a fixed size in the order of the source, and each block is shuffled by a
/// generator seeded by (seed, epoch, block). With one block over all rows it is a full shuffle.
/// </summary>
/// <param name="blockRows">Rows in a block, at least 1.</param>
/// <param name="seed">The seed; <see langword="null"/> leaves the order of the source.</param>
readonly struct BlockOrder(int blockRows, int? seed)
{
    public int BlockRows { get; } = blockRows;

    /// <summary>Fills in the order of one block: <paramref name="order"/> becomes a permutation of 0 .. Length - 1.</summary>
    public void Fill(Span<int> order, int epoch, long block)
    {
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (seed is { } value) new SeededRandom(SeededRandom.Hash(value, epoch, block)).Shuffle(order);
    }

    public override string ToString() => seed is { } value ? $"shuffled in blocks of {BlockRows} by seed {value}" : "in order";
}
