namespace Extensions.ML.Generators.Tests;

[TestClass]
public class TranslationScoreTests
{
    [TestMethod]
    public void BleuFollowsItsFormula()
    {
        // 7 words of 8: runs of 1 to 4 words that match 6 of 7, 4 of 6, 2 of 5 and 1 of 4.
        var score = BleuScore.OfCorpus(["the cat sat on a mat ."], ["the cat sat on the red mat ."]);
        Assert.AreEqual((7L, 8L), (score.TranslationLength, score.ReferenceLength));
        AreNear([600.0 / 7, 400.0 / 6, 200.0 / 5, 100.0 / 4], score.Precisions);
        Assert.AreEqual(Math.Exp(1 - 8.0 / 7), score.BrevityPenalty, 1e-12);
        Assert.AreEqual(score.BrevityPenalty * 100 * Math.Pow(6 / 7.0 * 4 / 6 * 2 / 5 * 1 / 4, 0.25), score.Score, 1e-9);
        Assert.AreEqual("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp", score.Signature);
    }

    [TestMethod]
    public void WordsCountAsOftenAsTheReferenceHasThem()
    {
        // The example of Papineni et al., section 2.1: modified precision 2/7, not 7/7.
        var score = BleuScore.OfSentence("the the the the the the the", "the cat is on the mat");
        Assert.AreEqual(200.0 / 7, score.Precisions[0], 1e-12);
        // Run lengths without a match count as 1/2, 1/4 and 1/8 of one.
        AreNear([50.0 / 6, 25.0 / 5, 12.5 / 4], score.Precisions.Skip(1));
    }

    [TestMethod]
    public void ShortAndEmptySentencesHaveScores()
    {
        Assert.AreEqual(100, BleuScore.OfSentence("a b", "a b").Score, 1e-9, "runs of 1 and 2 words alone");
        Assert.AreEqual(0, BleuScore.OfCorpus(["a b"], ["a b"]).Score, "no run of 4 words in the whole corpus");
        Assert.AreEqual(0, BleuScore.OfSentence("", "a").Score);
        Assert.AreEqual(0, BleuScore.OfSentence("a", "").Score);
        Assert.AreEqual(0, BleuScore.OfCorpus([], []).Score);
        Assert.AreEqual(0, ChrfScore.OfSentence("", "a").Score);
        Assert.AreEqual(0, ChrfScore.OfSentence("a", "").Score);
        Assert.AreEqual(0, ChrfScore.OfCorpus([], []).Score);
        Assert.AreEqual(100, TerScore.OfSentence("", "a b").Score);
        Assert.AreEqual(100, TerScore.OfSentence("a", " ").Score);
        Assert.AreEqual(0, TerScore.OfSentence("", "").Score);
    }

    [TestMethod]
    public void CaseCountsUnlessItIsNotTo()
    {
        string[] lower = ["das haus steht am fluss ."], upper = ["Das Haus steht am Fluss ."];
        Assert.IsTrue(BleuScore.OfCorpus(lower, upper).Score < 50);
        Assert.AreEqual(100, BleuScore.OfCorpus(lower, upper, lowercase: true).Score, 1e-9);
        Assert.AreEqual("nrefs:1|case:lc|eff:no|tok:13a|smooth:exp", BleuScore.OfCorpus(lower, upper, lowercase: true).Signature);
        Assert.AreEqual(0, TerScore.OfCorpus(lower, upper).Score);
        Assert.AreEqual("\u03BF\u03B4\u03BF\u03C2 \u03C3\u03BF i\u0307", SentencePairs.Lower("\u039F\u0394\u039F\u03A3 \u03A3\u039F \u0130"));
    }

    [TestMethod]
    [DataRow("Hello, world!", "Hello , world !")]
    [DataRow("It's 3.14 or 1,000.50.", "It's 3.14 or 1,000.50 .")]
    [DataRow("5-year plan, well-known", "5 - year plan , well-known")]
    [DataRow("&quot;a&quot; &amp;lt; <skipped>b", "\" a \" < b")]
    [DataRow("U.S.A.-based", "U . S . A . -based")]
    [DataRow("(a/b) [c] {d} ~e` ^f_", "( a / b ) [ c ] { d } ~ e ` ^ f _")]
    [DataRow("end-\nof line\nnext \u001C x", "endof line next x")]
    [DataRow("\u201Ea\u201C \u2013 b.", "\u201Ea\u201C \u2013 b .")]
    public void WordsAreThoseOf13a(string text, string words) => Assert.AreEqual(words, string.Join(' ', Tokenization13a.Words(text)));

    [TestMethod]
    public void ChrfFollowsItsFormula()
    {
        // "ab c" and "abd" without spaces: abc and abd. Runs of 1: 2 of 3 match, of 2: 1 of 2, of 3: 0 of 1; longer ones have none.
        double p = (2 / 3.0 + 1 / 2.0 + 0) / 3;
        Assert.AreEqual(100 * p, ChrfScore.OfSentence("ab c", "abd").Score, 1e-9, "P = R");
        // Recall weighs four times: "ab" for "abcd" has P = (1 + 1)/2, R = (2/4 + 1/3)/2.
        double r = (2 / 4.0 + 1 / 3.0) / 2;
        Assert.AreEqual(100 * 5 * r / (4 + r), ChrfScore.OfSentence("ab", "abcd").Score, 1e-9);
        // chrF2++ of one character: runs of 1 character and of 1 word; the mark at a word's end is a word.
        Assert.AreEqual(100, ChrfScore.OfSentence("a", "a", wordOrder: 2).Score, 1e-9);
        // "ab!" and "ab !" are the same characters and the same words.
        Assert.AreEqual(100, ChrfScore.OfSentence("ab!", "ab !", wordOrder: 2).Score, 1e-9);
        // "ab" for "ba": characters 2 of 2 and 0 of 1, words 0 of 1.
        Assert.AreEqual(100 / 3.0, ChrfScore.OfSentence("ab", "ba", wordOrder: 2).Score, 1e-9);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ChrfScore.OfSentence("a", "a", wordOrder: -1));
    }

    [TestMethod]
    public void CharactersBeyondU_FFFFAreOne()
    {
        // One character of three differs; as code units it would be one of six with the half in common.
        double p = (2 / 3.0 + 0 + 0) / 3;
        Assert.AreEqual(100 * p, ChrfScore.OfSentence("\U0001F600\U0001F601\U0001F602", "\U0001F600\U0001F603\U0001F602").Score, 1e-9);
    }

    [TestMethod]
    [DataRow("a b c d", "a b c d", 0)]
    [DataRow("a b c", "a b c d", 1)]
    [DataRow("a x c d", "a b c d", 1)]
    [DataRow("c d a b", "a b c d", 1)]
    [DataRow("d a b c", "a b c d", 1)]
    [DataRow("b a d c", "a b c d", 2)]
    [DataRow("e f g h a b c d", "a b c d e f g h", 1)]
    public void MovesAreOneEdit(string sentence, string reference, int edits) =>
        Assert.AreEqual(edits, TerScore.OfSentence(sentence, reference).Edits);

    [TestMethod]
    public void SnoversExampleHasFourEdits()
    {
        // Snover et al., 2006, section 3: a shift, two substitutions and an insertion over 13 words, 31 % (punctuation left out).
        var score = TerScore.OfSentence("THIS WEEK THE SAUDIS denied information published in the new york times",
            "SAUDI ARABIA denied THIS WEEK information published in the AMERICAN new york times");
        Assert.AreEqual((4L, 13L), (score.Edits, score.ReferenceLength));
        Assert.AreEqual(400.0 / 13, score.Score, 1e-9);
    }

    [TestMethod]
    public void EditsWithoutMovesAreLevenshteins()
    {
        // Of sentences that share no word out of place the rate is the edit distance; and it never exceeds it.
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            string[] a = Words(), b = Words();
            long edits = TerScore.OfSentence(string.Join(' ', a), string.Join(' ', b)).Edits;
            int distance = Distance(a, b);
            Assert.IsTrue(edits <= distance && edits >= Math.Abs(a.Length - b.Length), $"{string.Join(' ', a)} | {string.Join(' ', b)}");
            if (!a.Intersect(b).Any()) Assert.AreEqual(distance, edits);
        }

        string[] Words() => [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => $"w{random.Next(30)}")];

        static int Distance(string[] a, string[] b)
        {
            var d = new int[a.Length + 1, b.Length + 1];
            for (int i = 0; i <= a.Length; i++)
                for (int j = 0; j <= b.Length; j++)
                    d[i, j] = i == 0 ? j : j == 0 ? i
                        : Math.Min(d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
            return d[a.Length, b.Length];
        }
    }

    [TestMethod]
    public void LengthsMayDifferALot()
    {
        string one = "a", many = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"w{i}"));
        Assert.AreEqual(400, TerScore.OfSentence(one, many).Edits);
        Assert.AreEqual(400, TerScore.OfSentence(many, one).Edits);
    }

    [TestMethod]
    public void SentencesNeedReferences()
    {
        Assert.ThrowsExactly<ArgumentException>(() => BleuScore.OfCorpus(["a"], []));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => ChrfScore.OfCorpus(["a", "b"], ["a", null!])).Message, "Reference 1");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TerScore.OfCorpus([null!], ["a"])).Message, "Translation 0");
    }

    static void AreNear(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        foreach (var (e, a) in expected.Zip(actual)) Assert.AreEqual(e, a, 1e-9);
    }
}
