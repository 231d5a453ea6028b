namespace Extensions.ML.Generators;

/// <summary>How a tokenizer is learned from text.</summary>
public abstract record TokenizerOptions
{
    private protected TokenizerOptions()
    {
    }

    /// <summary>Most tokens, the special ones among them; fewer where the text does not give as many.</summary>
    public int VocabularySize { get; init; }

    /// <summary>How often a piece must occur in the text to become a token, at least 1.</summary>
    public int MinimumFrequency { get; init; } = 1;

    /// <summary>Whether there is a token that hides others, as masked language models need it. Default <see langword="false"/>.</summary>
    public bool MaskToken { get; init; }

    /// <summary>
    /// Names of further special tokens, such as one that tags text which a machine translated. Text never becomes one: their numbers are
    /// asked
    /// for by name (<see cref="Tokenizer.NamedToken"/>). ASCII letters or digits in <c>&lt;&gt;</c> or <c>[]</c>, such as
    /// <c>&lt;tag&gt;</c>. Default none.
    /// </summary>
    public IReadOnlyList<string> NamedTokens { get; init; } = [];

    internal void Check(int least)
    {
        ArgumentNullException.ThrowIfNull(NamedTokens);
        if (VocabularySize < least)
            throw new ArgumentOutOfRangeException(nameof(VocabularySize), VocabularySize, $"Expected at least {least} tokens.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumFrequency, 1);
    }
}

/// <summary>How a <see cref="BytePairTokenizer"/> is learned.</summary>
public sealed record BytePairOptions : TokenizerOptions
{
    /// <summary>8,000 tokens (256 of them bytes), of pairs that occur at least twice.</summary>
    public BytePairOptions() => (VocabularySize, MinimumFrequency) = (8000, 2);
}

/// <summary>How a <see cref="WordTokenizer"/> is learned.</summary>
public sealed record WordOptions : TokenizerOptions
{
    /// <summary>16,000 words that occur at least twice.</summary>
    public WordOptions() => (VocabularySize, MinimumFrequency) = (16000, 2);
}

/// <summary>How a <see cref="CharacterTokenizer"/> is learned.</summary>
public sealed record CharacterOptions : TokenizerOptions
{
    /// <summary>All characters, but at most 8,000.</summary>
    public CharacterOptions() => VocabularySize = 8000;

    /// <summary>
    /// Share of the text that the characters of the vocabulary make up, above 0 to 1; the rarest, which are the rest, are unknown.
    /// Default 1; 0.9995 is usual for Chinese and Japanese (Kudo and Richardson, "SentencePiece", EMNLP 2018).
    /// </summary>
    public double Coverage { get; init; } = 1;
}
