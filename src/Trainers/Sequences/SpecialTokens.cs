namespace Extensions.ML.Trainers;

/// <summary>The tokens of a vocabulary that are no text, by their numbers.</summary>
public sealed record SpecialTokens
{
    /// <summary>Fills rows up to the length of the longest; never seen by a network, never generated. Default 0.</summary>
    public int Padding { get; init; }

    /// <summary>Stands before the first token of what is generated. Default 1.</summary>
    public int Begin { get; init; } = 1;

    /// <summary>Stands behind the last token. Default 2.</summary>
    public int End { get; init; } = 2;

    /// <summary>Stands for what the vocabulary does not hold; <see langword="null"/> (the default) where there is no such thing.</summary>
    public int? Unknown { get; init; }

    /// <summary>Hides a token of a masked language model; <see langword="null"/> (the default) where none is hidden.</summary>
    public int? Mask { get; init; }
}
