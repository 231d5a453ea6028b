using Extensions.ML.Generators;

namespace Extensions.ML;

/// <summary>How translations compare with those of people. BLEU, chrF and TER are those of sacreBLEU.</summary>
public sealed class TranslationMetrics
{
    internal TranslationMetrics(IReadOnlyList<string> translations, IReadOnlyList<string> references, double? perplexity, CancellationToken cancellation)
    {
        Bleu = BleuScore.OfCorpus(translations, references);
        (Chrf2, Chrf2PlusPlus) = (ChrfScore.OfCorpus(translations, references), ChrfScore.OfCorpus(translations, references, wordOrder: 2));
        cancellation.ThrowIfCancellationRequested();
        Ter = TerScore.OfCorpus(translations, references);
        Perplexity = perplexity;
        Sentences =
        [
            .. translations.Zip(references, (translation, reference) =>
            {
                cancellation.ThrowIfCancellationRequested();
                return new SentenceTranslationMetrics(BleuScore.OfSentence(translation, reference).Score, ChrfScore.OfSentence(translation, reference).Score,
                    ChrfScore.OfSentence(translation, reference, wordOrder: 2).Score, TerScore.OfSentence(translation, reference).Score);
            }),
        ];
    }

    /// <summary>How many runs of one to four words are those of the references, 0 to 100, what it is made of, and the signature by which others can
    /// compare.</summary>
    public BleuScore Bleu { get; }

    /// <summary>The F-score, recall counting twice, of runs of one to six characters; 0 to 100.</summary>
    public ChrfScore Chrf2 { get; }

    /// <summary>The same with single words and pairs of words; 0 to 100.</summary>
    public ChrfScore Chrf2PlusPlus { get; }

    /// <summary>Edits of words and shifts of phrases that make the translations into the references, for every hundred words of these; 0 at
    /// best.</summary>
    public TerScore Ter { get; }

    /// <summary>Perplexity of the references given the sources, at least 1: the exponential of the mean negative log-probability of a token;
    /// <see langword="null"/> where the model was not given.</summary>
    public double? Perplexity { get; }

    /// <summary>The scores of each row.</summary>
    public IReadOnlyList<SentenceTranslationMetrics> Sentences { get; }
}

/// <summary>How one translation compares with its reference.</summary>
/// <param name="Bleu">BLEU of the sentence, 0 to 100.</param>
/// <param name="Chrf2">chrF2, 0 to 100.</param>
/// <param name="Chrf2PlusPlus">chrF2++, 0 to 100.</param>
/// <param name="Ter">TER, 0 at best.</param>
public sealed record SentenceTranslationMetrics(double Bleu, double Chrf2, double Chrf2PlusPlus, double Ter);
