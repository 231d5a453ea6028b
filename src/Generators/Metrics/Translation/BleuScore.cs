using System.Globalization;

namespace Extensions.ML.Generators;

/// <summary>
/// BLEU (Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002), as sacreBLEU 2 computes it (Post,
/// "A Call for Clarity in Reporting BLEU Scores", WMT 2018): words of mteval-v13a, runs of 1 to 4 words, one reference, and for a run
/// length without any match the exponential smoothing of mteval. <c>BLEU = BP · exp(1/4 Σ ln pₙ)</c> with the brevity penalty
/// <c>BP = exp(1 - r/c)</c> for a length c of the translations below the length r of the references.
/// </summary>
public sealed record BleuScore
{
    const int Orders = 4;

    BleuScore()
    {
    }

    /// <summary>0 to 100; higher is better.</summary>
    public double Score { get; private init; }

    /// <summary>[4]: the percentage of the translations' runs of 1, 2, 3 and 4 words that the references have too, smoothed.</summary>
    public IReadOnlyList<double> Precisions { get; private init; } = [];

    /// <summary>0 to 1; 1 where the translations are at least as long as the references.</summary>
    public double BrevityPenalty { get; private init; }

    /// <summary>Words of the translations.</summary>
    public long TranslationLength { get; private init; }

    /// <summary>Words of the references.</summary>
    public long ReferenceLength { get; private init; }

    /// <summary>How the score was computed, in sacreBLEU's words; it belongs beside every score that is reported.</summary>
    public string Signature { get; private init; } = "";

    /// <summary>The score of a corpus, which is not the mean of its sentences' scores.</summary>
    /// <param name="translations">Sentences as a reader sees them: cased, not divided into tokens.</param>
    /// <param name="references">As many, of a human translator.</param>
    /// <param name="lowercase">Whether case does not count. Default <see langword="false"/>.</param>
    /// <exception cref="ArgumentException">There are not as many references as translations, or one is missing.</exception>
    public static BleuScore OfCorpus(IReadOnlyList<string> translations, IReadOnlyList<string> references, bool lowercase = false) =>
        Of(translations, references, lowercase, effectiveOrder: false);

    /// <summary>
    /// The score of one sentence; runs longer than the translation are left out of the mean, as sacreBLEU does for sentences.
    /// </summary>
    /// <param name="translation">The sentence.</param>
    /// <param name="reference">Its reference.</param>
    /// <param name="lowercase">Whether case does not count. Default <see langword="false"/>.</param>
    public static BleuScore OfSentence(string translation, string reference, bool lowercase = false) =>
        Of([translation], [reference], lowercase, effectiveOrder: true);

    static BleuScore Of(IReadOnlyList<string> translations, IReadOnlyList<string> references, bool lowercase, bool effectiveOrder)
    {
        SentencePairs.Check(translations, references);
        var matches = new NgramMatch[Orders];
        var counts = new Dictionary<UInt128, int>();
        var numbers = new Dictionary<string, int>();
        for (int row = 0; row < translations.Count; row++)
        {
            numbers.Clear();
            int[] translation = Words(translations[row]), reference = Words(references[row]);
            for (int order = 1; order <= Orders; order++) matches[order - 1] += NgramMatch.Of(translation, reference, order, counts);
        }
        return Of(matches, effectiveOrder) with
        {
            Signature = $"nrefs:1|case:{(lowercase ? "lc" : "mixed")}|eff:{(effectiveOrder ? "yes" : "no")}|tok:13a|smooth:exp",
        };

        int[] Words(string text) => SentencePairs.Number(Tokenization13a.Words(lowercase ? SentencePairs.Lower(text) : text), numbers);
    }

    static BleuScore Of(NgramMatch[] matches, bool effectiveOrder)
    {
        long length = matches[0].Translation, wanted = matches[0].Reference;
        double penalty = length >= wanted ? 1 : length == 0 ? 0 : Math.Exp(1 - (double)wanted / length);
        var precisions = new double[Orders];
        double sum = 0, smoothing = 1;
        int orders = 0;
        if (matches.Any(match => match.Both > 0))
        {
            for (; orders < Orders && matches[orders].Translation > 0; orders++)
            {
                // The k-th run length without a match counts as 1/2ᵏ of a match.
                double both = matches[orders].Both > 0 ? matches[orders].Both : 1 / (smoothing *= 2);
                precisions[orders] = 100 * both / matches[orders].Translation;
                sum += Math.Log(precisions[orders]);
            }
        }
        // A run length that no translation reaches has a precision of 0, and so has the mean, unless it is left out.
        bool defined = effectiveOrder ? orders > 0 : orders == Orders;
        return new()
        {
            Score = defined ? penalty * Math.Exp(sum / orders) : 0, Precisions = precisions, BrevityPenalty = penalty,
            TranslationLength = length, ReferenceLength = wanted,
        };
    }

    /// <summary>The score and what it is made of, in sacreBLEU's form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"BLEU = {Score:F2} {Precisions[0]:F1}/{Precisions[1]:F1}/{Precisions[2]:F1}/{Precisions[3]:F1} "
        + $"(BP = {BrevityPenalty:F3} ratio = {(ReferenceLength == 0 ? 0 : (double)TranslationLength / ReferenceLength):F3} "
        + $"hyp_len = {TranslationLength} ref_len = {ReferenceLength})");
}
