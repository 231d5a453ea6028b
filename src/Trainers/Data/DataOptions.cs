namespace Extensions.ML.Trainers;

/// <summary>How a source is split, scaled, shuffled and held. See <see cref="TrainingData.Load"/>.</summary>
public sealed record DataOptions
{
    /// <summary>The scaling to learn from the training rows. Default <see cref="FeatureScaling.None"/>.</summary>
    public FeatureScaling Scaling { get; init; } = FeatureScaling.None;

    /// <summary>What the slots are: only numeric ones are scaled, and Boolean and indicator ones are checked. Default
    /// <see langword="null"/>: all are numeric.</summary>
    public SlotLayout? Layout { get; init; }

    /// <summary>A scaling that was learned elsewhere, used as it is instead of learning one. Default <see langword="null"/>.</summary>
    public FeatureScaler? Scaler { get; init; }

    /// <summary>Slots at the end of every row that are no features but what is to be learned of them (labels, weights): they are checked
    /// and held like the others, and never scaled. At least 0. Default 0.</summary>
    public int TargetSlots
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(TargetSlots), value, "TargetSlots must be at least 0.");
    }

    /// <summary>Share of the rows kept for validation, from 0 (none, the default) to below 1; decided by a hash of row index and
    /// seed.</summary>
    public double ValidationFraction
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(ValidationFraction), value, "ValidationFraction must be from 0 to below 1.");
    }

    /// <summary>Bytes of rows to hold in memory before the data is streamed from its source instead. Default 1 GB.</summary>
    public long MemoryBudget
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(MemoryBudget), value, "MemoryBudget must be at least 0.");
    } = 1L << 30;

    /// <summary>
    /// Rows that are shuffled among each other; 0 (the default) means all rows when they are in memory, and as many as a block
    /// of at most 128 MB and a quarter of the budget holds when they are streamed. Equal buffers give equal batches either way.
    /// </summary>
    public int ShuffleRows
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(ShuffleRows), value, "ShuffleRows must be at least 0.");
    }

    /// <summary>Seed of the split and of the order of the rows. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
