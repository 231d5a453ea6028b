using System.Globalization;
using System.Text;

namespace Extensions.ML.Generators;

/// <summary>
/// chrF2 (Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015) and chrF2++ (Popović, "chrF++: words helping
/// character n-grams", WMT 2017), as sacreBLEU 2 computes them: <c>F = (1 + β²) P R / (β² P + R)</c> with β = 2, where the precision P
/// and the recall R are means over runs of 1 to 6 characters without white space, and for chrF2++ also of 1 and 2 words. Cased, one
/// reference.
/// </summary>
public sealed record ChrfScore
{
    const int CharacterOrders = 6;
    const double Beta = 2;

    ChrfScore()
    {
    }

    /// <summary>0 to 100; higher is better.</summary>
    public double Score { get; private init; }

    /// <summary>Words of the longest runs of words: 0 for chrF2, 2 for chrF2++.</summary>
    public int WordOrder { get; private init; }

    /// <summary>How the score was computed, in sacreBLEU's words.</summary>
    public string Signature => $"nrefs:1|case:mixed|eff:yes|nc:{CharacterOrders}|nw:{WordOrder}|space:no";

    /// <summary>The score of a corpus, which is not the mean of its sentences' scores.</summary>
    /// <param name="translations">Sentences as a reader sees them.</param>
    /// <param name="references">As many, of a human translator.</param>
    /// <param name="wordOrder">0 (the default) for chrF2, 2 for chrF2++.</param>
    /// <exception cref="ArgumentException">There are not as many references as translations, one is missing, or the order is out of
    /// range.</exception>
    public static ChrfScore OfCorpus(IReadOnlyList<string> translations, IReadOnlyList<string> references, int wordOrder = 0)
    {
        SentencePairs.Check(translations, references);
        if (wordOrder is < 0 or > CharacterOrders)
            throw new ArgumentOutOfRangeException(nameof(wordOrder), wordOrder, $"Expected 0 to {CharacterOrders} words.");
        var matches = new NgramMatch[CharacterOrders + wordOrder];
        var counts = new Dictionary<UInt128, int>();
        var numbers = new Dictionary<string, int>();
        for (int row = 0; row < translations.Count; row++)
        {
            Add(Characters(translations[row]), Characters(references[row]), matches.AsSpan(0, CharacterOrders));
            if (wordOrder == 0) continue;
            numbers.Clear();
            Add(SentencePairs.Number(Words(translations[row]), numbers), SentencePairs.Number(Words(references[row]), numbers),
                matches.AsSpan(CharacterOrders));
        }
        return new() { Score = 100 * Measure(matches), WordOrder = wordOrder };

        void Add(int[] translation, int[] reference, Span<NgramMatch> sums)
        {
            for (int order = 1; order <= sums.Length; order++)
            {
                var match = NgramMatch.Of(translation, reference, order, counts);
                // What is longer than the reference could not have been right.
                sums[order - 1] += match.Reference > 0 ? match : default;
            }
        }
    }

    /// <summary>The score of one sentence.</summary>
    /// <param name="translation">The sentence.</param>
    /// <param name="reference">Its reference.</param>
    /// <param name="wordOrder">0 (the default) for chrF2, 2 for chrF2++.</param>
    public static ChrfScore OfSentence(string translation, string reference, int wordOrder = 0) =>
        OfCorpus([translation], [reference], wordOrder);

    static double Measure(NgramMatch[] matches)
    {
        var known = matches.Where(match => match.Translation > 0 && match.Reference > 0).ToList();
        if (known.Count == 0) return 0;
        double precision = known.Average(match => (double)match.Both / match.Translation);
        double recall = known.Average(match => (double)match.Both / match.Reference);
        return precision + recall == 0 ? 0 : (1 + Beta * Beta) * precision * recall / (Beta * Beta * precision + recall);
    }

    static int[] Characters(string text)
    {
        var characters = new List<int>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (SentencePairs.IsSpace(text[i])) continue;
            bool pair = Rune.TryGetRuneAt(text, i, out var rune);
            characters.Add(pair ? rune.Value : text[i]);
            if (pair) i += rune.Utf16SequenceLength - 1;
        }
        return [.. characters];
    }

    // One mark at the end of a word stands apart, or where there is none, one at its beginning: the rule of Popović's script.
    static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (string word in SentencePairs.Words(text))
        {
            if (word.Length > 1 && IsMark(word[^1])) words.AddRange(word[..^1], word[^1..]);
            else if (word.Length > 1 && IsMark(word[0])) words.AddRange(word[..1], word[1..]);
            else words.Add(word);
        }
        return words;

        static bool IsMark(char c) => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c));
    }

    /// <summary>The score in sacreBLEU's form.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"chrF2{new string('+', WordOrder)} = {Score:F2}");
}
