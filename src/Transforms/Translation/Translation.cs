using Extensions.ML.Generators;

namespace Extensions.ML;

/// <summary>A translation that was found.</summary>
public sealed class Translation
{
    internal Translation()
    {
    }

    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>What translations of a text are compared by, higher is better: the natural logarithm of the probability over the length penalty
    /// (<see cref="DecodingOptions.LengthPenalty"/>). 0 for the empty translation of a text that says nothing.</summary>
    public required double Score { get; init; }

    /// <summary>The tokens that <see cref="Text"/> is made of.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Their numbers in the target's vocabulary.</summary>
    internal IReadOnlyList<int> TokenNumbers { get; init; } = [];

    /// <summary>For each token, the natural logarithm of its probability given the source and the tokens before it.</summary>
    public required IReadOnlyList<float> LogProbabilities { get; init; }

    /// <summary>[tokens, source tokens and their end]: where in the source the model looked as it came to each token, each row summing to 1;
    /// <see langword="null"/> where it was not asked for (<see cref="DecodingOptions.Attention"/>).</summary>
    public required float[,]? Attention { get; init; }

    /// <summary>What is said where nothing was said.</summary>
    internal static Translation Empty { get; } = new()
    {
        Text = "",
        Score = 0,
        Tokens = [],
        LogProbabilities = [],
        Attention = new float[0, 0],
    };

    /// <summary><see cref="Text"/></summary>
    public override string ToString() => Text;
}
