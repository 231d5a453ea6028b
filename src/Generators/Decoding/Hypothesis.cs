namespace Extensions.ML.Generators;

/// <summary>A sequence under construction: its last token, and the shorter one that it continues.</summary>
/// <param name="row">Whose it is.</param>
/// <param name="parent">The shorter one; <see langword="null"/> for the empty one.</param>
/// <param name="token">The last token.</param>
sealed class Hypothesis(SearchRow row, Hypothesis? parent = null, int token = -1)
{
    public SearchRow Row => row;

    public Hypothesis? Parent => parent;

    public int Token => token;

    /// <summary>Whether the last token is that of the end, which is no part of the sequence.</summary>
    public bool Ended { get; init; }

    /// <summary>Tokens, those of the prefix included.</summary>
    public int Length { get; } = parent is null ? 0 : parent.Length + 1;

    /// <summary>Of the last token, by the model; 0 where it was given.</summary>
    public float LogProbability { get; init; }

    /// <summary>Sum of what the search maximises, over all tokens.</summary>
    public double Sum { get; init; }

    /// <summary>Which of a row's samples this is.</summary>
    public int Sample { get; init; }

    /// <summary>Where the model looked in the source for the last token.</summary>
    public float[]? Attention { get; init; }

    /// <summary>Its number in the decoder's state.</summary>
    public int Place { get; set; }

    /// <summary>Tokens that were generated, the end counted.</summary>
    public int Generated => Length - row.Prefix.Length;

    public double Score(DecodingOptions options) => Sum / options.Normalizer(Generated);

    public DecodedSequence ToSequence(DecodingOptions options)
    {
        var last = Ended ? parent! : this;
        var tokens = new int[last.Length];
        var logProbabilities = new float[last.Length];
        float[,]? attention = null;
        double logProbability = Ended ? LogProbability : 0;
        for (var node = last; node.Parent is not null; node = node.Parent)
        {
            int at = node.Length - 1;
            (tokens[at], logProbabilities[at]) = (node.Token, node.LogProbability);
            logProbability += node.LogProbability;
            if (node.Attention is not { } weights) continue;
            attention ??= new float[last.Length, weights.Length];
            for (int from = 0; from < weights.Length; from++) attention[at, from] = weights[from];
        }
        return new DecodedSequence
        {
            Tokens = tokens, PrefixLength = row.Prefix.Length, LogProbabilities = logProbabilities, LogProbability = logProbability,
            Score = Score(options), Ended = Ended, Attention = attention,
        };
    }
}

/// <summary>A row that is searched.</summary>
sealed class SearchRow
{
    /// <summary>Its place in the batch.</summary>
    public required int Index { get; init; }

    /// <summary>Tokens it begins with.</summary>
    public required int[] Prefix { get; init; }

    /// <summary>Fewest and most tokens to generate.</summary>
    public required int Minimum { get; init; }

    public required int Maximum { get; init; }

    /// <summary>Tokens of its source; <see langword="null"/> where there is none.</summary>
    public required int? SourceLength { get; init; }

    /// <summary>Hypotheses that go no further.</summary>
    public List<Hypothesis> Finished { get; } = [];
}
