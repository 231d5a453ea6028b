using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>What is known of rows that are decoded together; it must fit the state that they are decoded with.</summary>
sealed record DecodingBatch
{
    /// <summary>The number of each row in all that is decoded: its random numbers depend on it.</summary>
    public required IReadOnlyList<long> Rows { get; init; }

    /// <summary>Numbers that depend on what is decoded alone: what is drawn for a row is its own, wherever it stands.</summary>
    /// <param name="tokens">Of each row, its source or its prompt.</param>
    public static long[] Numbers(IEnumerable<int[]> tokens) =>
        [.. tokens.Select(row => (long)SeededRandom.Hash([.. row.Select(token => (long)token)]))];

    /// <summary>Tokens that each row begins with, of any lengths; <see langword="null"/> for none.</summary>
    public IReadOnlyList<int[]>? Prefixes { get; init; }

    /// <summary>Tokens of each source, counted as the model sees them (its end included); <see langword="null"/> where there is none.</summary>
    public IReadOnlyList<int>? SourceLengths { get; init; }

    /// <summary>The longest sequence that the model can make, a prefix included. Default: any length.</summary>
    public int Limit { get; init; } = int.MaxValue / 2;
}
