namespace Extensions.ML.Trainers;

/// <summary>What a detector is made of: all that is needed, besides the weights, to build it again.</summary>
public sealed record DetectorArchitecture
{
    /// <summary>The networks, at least one. They see the same rows and have the same loss.</summary>
    public required IReadOnlyList<AutoencoderArchitecture> Members { get; init; }

    /// <summary>How rows are judged.</summary>
    public AnomalyScoring Scoring { get; init; }
}
