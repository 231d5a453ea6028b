using System.Globalization;

namespace Extensions.ML.Generators;

/// <summary>
/// Translation edit rate (Snover et al., "A Study of Translation Edit Rate with Targeted Human Annotation", AMTA 2006), as sacreBLEU 2
/// computes it after the program tercom: the words that must be inserted, deleted, replaced, and the runs of words that must be moved,
/// over the words of the reference. Words stand between white space; case does not count; one reference.
/// </summary>
public sealed record TerScore
{
    TerScore()
    {
    }

    /// <summary>Edits for 100 words of the references, at least 0; lower is better.</summary>
    public double Score { get; private init; }

    /// <summary>Edits of all sentences.</summary>
    public long Edits { get; private init; }

    /// <summary>Words of the references.</summary>
    public long ReferenceLength { get; private init; }

    /// <summary>How the score was computed, in sacreBLEU's words.</summary>
    public string Signature => "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no";

    /// <summary>The score of a corpus, which is not the mean of its sentences' scores.</summary>
    /// <param name="translations">Sentences as a reader sees them.</param>
    /// <param name="references">As many, of a human translator.</param>
    /// <exception cref="ArgumentException">There are not as many references as translations, or one is missing.</exception>
    public static TerScore OfCorpus(IReadOnlyList<string> translations, IReadOnlyList<string> references)
    {
        SentencePairs.Check(translations, references);
        long edits = 0, length = 0;
        var numbers = new Dictionary<string, int>();
        for (int row = 0; row < translations.Count; row++)
        {
            numbers.Clear();
            int[] translation = Words(translations[row]), reference = Words(references[row]);
            edits += ShiftedEdits.Count(translation, reference);
            length += reference.Length;
        }
        return new() { Score = length > 0 ? 100.0 * edits / length : edits > 0 ? 100 : 0, Edits = edits, ReferenceLength = length };

        int[] Words(string text) => SentencePairs.Number(SentencePairs.Words(SentencePairs.Lower(text)), numbers);
    }

    /// <summary>The score of one sentence.</summary>
    /// <param name="translation">The sentence.</param>
    /// <param name="reference">Its reference.</param>
    public static TerScore OfSentence(string translation, string reference) => OfCorpus([translation], [reference]);

    /// <summary>The score in sacreBLEU's form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"TER = {Score:F2}");
}
