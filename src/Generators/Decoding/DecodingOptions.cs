namespace Extensions.ML.Generators;

/// <summary>How sequences of tokens are decoded: by beam search, or by sampling where <see cref="Sampling"/> is set.</summary>
/// <remarks>Beam search keeps the <see cref="Beams"/> most probable beginnings. One that ends leaves its place in the beam empty, and a row is
/// done when all have ended, or as soon as none that goes on can come to a better score than the <see cref="Results"/> best of those that
/// have. Sequences that ended come before those that were cut at the maximum length.</remarks>
public sealed record DecodingOptions
{
    const int Most = 1024;

    /// <summary>Beginnings that are kept for each row, 1 to 1,024; with 1 the search is greedy. Default 5. Not used when sampling.</summary>
    public int Beams { get; init => field = Within(value, nameof(Beams)); } = 5;

    /// <summary>α: a sequence of L tokens, its end counted, scores log P / ((5 + L) / 6)^α (Wu et al., "Google's Neural Machine Translation
    /// System", 2016, equation 14). 0 compares probabilities, which favours short sequences; more favours longer ones. Finite; default 1.</summary>
    public double LengthPenalty { get; init => field = double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(nameof(LengthPenalty), value, "LengthPenalty must be finite."); } = 1;

    /// <summary>Sequences wanted for each row, 1 to 1,024, best first; at most <see cref="Beams"/> in a beam search. When sampling, as many
    /// independent ones. Default 1.</summary>
    public int Results { get; init => field = Within(value, nameof(Results)); } = 1;

    /// <summary>Below this length a sequence does not end. The tokens of a forced prefix are not counted. Default 0.</summary>
    public LengthLimit MinimumLength { get; init; }

    /// <summary>At this length a sequence is cut; at least 1 is taken. The tokens of a forced prefix are not counted. Default: 50 tokens more
    /// than the source has (Vaswani et al., "Attention Is All You Need", 2017, section 6.1), or 50 where there is no source.</summary>
    public LengthLimit MaximumLength { get; init; } = new(50, 1);

    /// <summary>θ: logits of tokens that the sequence holds, a forced prefix included, are divided by it where positive and multiplied where
    /// negative (Keskar et al., "CTRL", 2019, section 4.1). From 1e-6 to 1e6; above 1 discourages repetition. Default 1: no penalty.</summary>
    public double RepetitionPenalty { get; init => field = value is >= 1e-6 and <= 1e6 ? value
        : throw new ArgumentOutOfRangeException(nameof(RepetitionPenalty), value, "RepetitionPenalty must be from 1e-6 to 1e6."); } = 1;

    /// <summary>n: no n tokens occur in the same order twice in a sequence, a forced prefix included (Paulus, Xiong and Socher, "A Deep
    /// Reinforced Model for Abstractive Summarization", 2018, section 2.5). At least 0; default 0: any may.</summary>
    public int NoRepeatNgramSize { get; init => field = value >= 0 ? value
        : throw new ArgumentOutOfRangeException(nameof(NoRepeatNgramSize), value, "NoRepeatNgramSize must be at least 0."); }

    /// <summary>How tokens are drawn; <see langword="null"/> (the default) for beam search.</summary>
    public TokenSampling? Sampling { get; init; }

    /// <summary>Whether to report where in the source each token looked. Default false.</summary>
    public bool Attention { get; init; }

    /// <exception cref="ArgumentException">More results are wanted than there are beams.</exception>
    internal void Validate()
    {
        if (Sampling is null && Results > Beams)
            throw new ArgumentException($"Of {Beams} beams come at most {Beams} results; {Results} are wanted.", nameof(Results));
    }

    /// <exception cref="ArgumentException">What is searched for is known at the end only.</exception>
    internal void ValidateForStream()
    {
        if (Results != 1) throw new ArgumentException($"One result can be given token by token, not {Results}.", nameof(Results));
        if (Sampling is null && Beams != 1)
        {
            throw new ArgumentException($"What a search with {Beams} beams finds is known at its end only: "
                + "set Beams to 1, or Sampling, for tokens as they come.", nameof(Beams));
        }
    }

    /// <summary>What the log-probability of a sequence is divided by.</summary>
    /// <param name="length">Generated tokens, the end counted.</param>
    internal double Normalizer(int length) => Math.Pow((5 + length) / 6.0, LengthPenalty);

    static int Within(int value, string name) => value is >= 1 and <= Most ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 1 to {Most}.");
}
