namespace Extensions.ML.Generators;

/// <summary>How tokens are drawn: of the model's distribution, sharpened by the temperature, then cut to the most probable ones, in this
/// order.</summary>
public sealed record TokenSampling
{
    /// <summary>Logits are divided by it: below 1, the probable becomes more so. From 1e-6 to 1e6; default 1.</summary>
    public double Temperature { get; init => field = value is >= 1e-6 and <= 1e6 ? value
        : throw new ArgumentOutOfRangeException(nameof(Temperature), value, "Temperature must be from 1e-6 to 1e6."); } = 1;

    /// <summary>Only so many of the most probable tokens are drawn (Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation", 2018), at
    /// least 1; <see langword="null"/> (the default) for all.</summary>
    public int? TopK { get; init => field = value is not < 1 ? value
        : throw new ArgumentOutOfRangeException(nameof(TopK), value, "TopK must be at least 1."); }

    /// <summary>Only the smallest set of the most probable tokens that together have at least this probability is drawn (nucleus sampling:
    /// Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020, equation 2). Above 0, at most 1; default 1: all.</summary>
    public double TopP
    {
        get;
        init => field = value is > 0 and <= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(TopP), value, "TopP must be above 0 and at most 1.");
    } = 1;

    /// <summary>Of the random numbers. What is drawn for a row depends on the seed and the number of the row, never on what is decoded beside
    /// it. Default 0.</summary>
    public int Seed { get; init; }
}
