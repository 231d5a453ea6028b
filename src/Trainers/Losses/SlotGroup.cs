namespace Extensions.ML.Trainers;

/// <summary>What the values of a slot mean, and so which loss judges their reconstruction.</summary>
public enum SlotKind
{
    /// <summary>Numbers: judged by the component's loss.</summary>
    Numeric,

    /// <summary>0 or 1: judged by the binary cross-entropy.</summary>
    Boolean,

    /// <summary>The indicators of one category, of which one is 1, or none where the category is missing: judged together by the
    /// cross-entropy.</summary>
    OneHot,

    /// <summary>A category by its number, from 1 on; any other value means that it is missing. The network sees its indicators.</summary>
    Key,
}

/// <summary>A run of slots of one kind.</summary>
/// <param name="Start">The first slot, from 0.</param>
/// <param name="Count">Number of slots, at least 1.</param>
/// <param name="Kind">What they hold. The slots of a <see cref="SlotKind.OneHot"/> group are one category.</param>
/// <param name="Categories">Number of categories of each <see cref="SlotKind.Key"/> slot, at least 1; 0 for other kinds.</param>
public sealed record SlotGroup(int Start, int Count, SlotKind Kind, int Categories = 0);
