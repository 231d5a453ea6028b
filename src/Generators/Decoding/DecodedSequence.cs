namespace Extensions.ML.Generators;

/// <summary>A sequence that was decoded.</summary>
public sealed class DecodedSequence
{
    internal DecodedSequence()
    {
    }

    /// <summary>The tokens, those of a forced prefix first; neither that of the beginning nor that of the end is among them.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>How many of the first tokens were given.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>For each token, the natural logarithm of its probability given all before it, by the model itself, whatever the options change
    /// of it; 0 for those of the prefix.</summary>
    public required IReadOnlyList<float> LogProbabilities { get; init; }

    /// <summary>Natural logarithm of the probability of the sequence given its prefix, its end included where it ended.</summary>
    public required double LogProbability { get; init; }

    /// <summary>What sequences of a row are compared by: the logarithm of the probability under <see cref="DecodingOptions.RepetitionPenalty"/>,
    /// over the length penalty (see <see cref="DecodingOptions.LengthPenalty"/>). Higher is better.</summary>
    public required double Score { get; init; }

    /// <summary>Whether the sequence came to its end; else it was cut at its maximum length, or because the options allowed no further
    /// token.</summary>
    public required bool Ended { get; init; }

    /// <summary>[tokens, source tokens]: where in the source the model looked as it came to each token, each row summing to 1;
    /// <see langword="null"/> where it was not asked for or there is no source.</summary>
    public required float[,]? Attention { get; init; }
}
