namespace Extensions.ML.Generators.Tests;

[TestClass]
public class LookupTokenizerTests
{
    [TestMethod]
    public void WordsAreTokens()
    {
        var tokenizer = WordTokenizer.Train(["A dog runs.", "A dog sleeps.", "The dog, a cat."], new() { MinimumFrequency = 2 });
        CollectionAssert.AreEqual(new[] { "<pad>", "<s>", "</s>", "<unk>", " dog", ".", "A" },
            Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.TokenText).ToArray(), "by frequency, then by code units");
        CollectionAssert.AreEqual(new[] { 6, 4, 3, 5 }, tokenizer.Encode("A dog barks."));
        Assert.AreEqual("A dog.", tokenizer.Decode(tokenizer.Encode("A dog barks.")));
        Assert.AreEqual(3, tokenizer.Special.Unknown);
    }

    [TestMethod]
    public void KnownWordsAreDecodedAsTheyWere()
    {
        var texts = TextMaker.Hard.Concat(TextMaker.Random(500)).ToArray();
        var tokenizer = WordTokenizer.Train(texts, new() { MinimumFrequency = 1, VocabularySize = 100000 });
        foreach (string text in texts) Assert.AreEqual(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [TestMethod]
    public void CharactersAreTokens()
    {
        var tokenizer = CharacterTokenizer.Train(["abba 😀", "b"]);
        Assert.AreEqual(4 + 4, tokenizer.VocabularySize);
        CollectionAssert.AreEqual(new[] { "b", "a", " ", "😀" }, Enumerable.Range(4, 4).Select(tokenizer.TokenText).ToArray());
        CollectionAssert.AreEqual(new[] { 7, 4, 3, 3, 5 }, tokenizer.Encode("😀bc\uD83Da"));
        Assert.AreEqual("😀ba", tokenizer.Decode(tokenizer.Encode("😀bc\uD83Da")));
    }

    [TestMethod]
    public void CoverageLeavesOutTheRarestCharacters()
    {
        string text = new string('a', 90) + new string('b', 9) + "c";
        int Size(double coverage) => CharacterTokenizer.Train([text], new() { Coverage = coverage }).VocabularySize - 4;
        Assert.AreEqual((1, 2, 2, 3, 3), (Size(0.9), Size(0.91), Size(0.99), Size(0.991), Size(1)));
        Assert.AreEqual(6, CharacterTokenizer.Train([text], new() { VocabularySize = 6 }).VocabularySize);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CharacterTokenizer.Train([text], new() { Coverage = 0 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => CharacterTokenizer.Train([text], new() { Coverage = double.NaN }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => WordTokenizer.Train([text], new() { VocabularySize = 3 }));
    }
}
