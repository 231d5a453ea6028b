using Extensions.ML.Generators;
using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>What every trainer of a translator lets the user set.</summary>
public abstract class TranslationOptions : SequenceOptions
{
    private protected TranslationOptions() : base(leastSteps: 13_000, leastEpochs: 10)
    {
    }

    /// <summary>Name of the text column to translate. Default "Source".</summary>
    public string SourceColumnName { get; set; } = "Source";

    /// <summary>Name of the text column with the translations to learn from. Default "Target".</summary>
    public string TargetColumnName { get; set; } = "Target";

    /// <summary>Name of the new text column. Default "Translation".</summary>
    public string OutputColumnName { get; set; } = "Translation";

    /// <summary>Name of a column for the natural logarithm of each token's probability given those before it, a vector of Single of as many values
    /// as the translation has tokens; <see langword="null"/> for none. Default "LogProbabilities".</summary>
    public string? LogProbabilitiesColumnName { get; set; } = "LogProbabilities";

    /// <summary>Name of a column for the translation's score, a Single: <see cref="Translation.Score"/>; <see langword="null"/> for none. Default
    /// "Score".</summary>
    public string? ScoreColumnName { get; set; } = "Score";

    /// <summary>Name of a column for the translation's tokens, a vector of texts. Default <see langword="null"/>: none.</summary>
    public string? TokensColumnName { get; set; }

    /// <summary>Name of a column for where in the source each token looked, a vector of Single: token by token, a value for each source token and one
    /// for the end of the source, which sum to 1. Default <see langword="null"/>: none.</summary>
    public string? AttentionColumnName { get; set; }

    /// <summary>Name of a column for the best translations, a vector of texts, best first; their number is
    /// <see cref="DecodingOptions.Results"/> of <see cref="Decoding"/>. Default <see langword="null"/>: none.</summary>
    public string? AlternativesColumnName { get; set; }

    /// <summary>Name of a column for the scores of the best translations, a vector of Single. Default <see langword="null"/>: none.</summary>
    public string? AlternativeScoresColumnName { get; set; }

    /// <summary>How text becomes tokens, which is learned from the training texts and stored with the model: <see cref="BytePairOptions"/> (the
    /// default), <see cref="WordOptions"/> or <see cref="CharacterOptions"/>.</summary>
    public TokenizerOptions Tokenizer { get; set; } = new BytePairOptions();

    /// <summary>Whether source and target share one vocabulary, learned from both; else each has its own. Default yes.</summary>
    public bool SharedVocabulary { get; set; } = true;

    /// <summary>Tokens of the longest text, at least 1. Of a longer source only the first tokens are translated; pairs with a longer text are left out of
    /// training. Default 256.</summary>
    public int MaximumLength { get; set; } = 256;

    /// <summary>Share of a target token's probability that is spread over all tokens, 0 to below 1 (Szegedy et al., "Rethinking the Inception
    /// Architecture", CVPR 2016, section 7). Default 0.1.</summary>
    public double LabelSmoothing { get; set; } = 0.1;

    /// <summary>What tells which epoch was best, and when training stops early. Default <see cref="TranslationMonitor.Loss"/>.</summary>
    public TranslationMonitor Monitor { get; set; }

    /// <summary>How translations are searched for, unless a call says otherwise. Default: beam search with 5 beams and a
    /// <see cref="DecodingOptions.LengthPenalty"/> of 1.4.</summary>
    public DecodingOptions Decoding { get; set; } = new() { LengthPenalty = 1.4 };

    /// <summary>The network.</summary>
    internal abstract TranslationDesign Design { get; }

    internal TranslationColumns Columns => new(SourceColumnName, OutputColumnName, LogProbabilitiesColumnName, ScoreColumnName, TokensColumnName,
        AttentionColumnName, AlternativesColumnName, AlternativeScoresColumnName);

    internal override void Check()
    {
        base.Check();
        ArgumentException.ThrowIfNullOrEmpty(SourceColumnName);
        ArgumentException.ThrowIfNullOrEmpty(TargetColumnName);
        ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
        ArgumentNullException.ThrowIfNull(Tokenizer);
        ArgumentNullException.ThrowIfNull(Decoding);
        Decoding.Validate();
        ArgumentNullException.ThrowIfNull(Design);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumLength, 1);
        if (LabelSmoothing is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), LabelSmoothing, "LabelSmoothing must be from 0 to below 1.");
    }
}

/// <summary>What the epochs of a translator's training are compared by.</summary>
public enum TranslationMonitor
{
    /// <summary>The loss on the validation pairs, or on the training pairs where there are none.</summary>
    Loss,

    /// <summary>The BLEU score of greedy translations of the validation pairs.</summary>
    Bleu,
}
