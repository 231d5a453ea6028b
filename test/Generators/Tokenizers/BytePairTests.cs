using System.Text;
using System.Text.RegularExpressions;
using Extensions.ML.Trainers;

namespace Extensions.ML.Generators.Tests;

[TestClass]
public class BytePairTests
{
    static readonly BytePairTokenizer s_tokenizer = BytePairTokenizer.Train(TextMaker.Sentences(500), new() { VocabularySize = 340 });

    [TestMethod]
    public void AnyTextIsDecodedAsItWasEncoded()
    {
        foreach (string text in TextMaker.Hard.Concat(TextMaker.Random(5000)))
        {
            int[] tokens = s_tokenizer.Encode(text);
            Assert.AreEqual(text, s_tokenizer.Decode(tokens), $"of {Encoding.UTF8.GetByteCount(text)} bytes");
            Assert.IsTrue(tokens.All(token => token > s_tokenizer.Special.End), "no special token is made from text");
        }
    }

    [TestMethod]
    public void MergesAreThoseOfTheTextbook()
    {
        string[] texts = [.. TextMaker.Sentences(300, seed: 2), .. TextMaker.Hard[..20]];
        var tokenizer = BytePairTokenizer.Train(texts, new() { VocabularySize = 256 + 3 + 120, MinimumFrequency = 3 });
        var (merges, words) = Textbook(texts, tokens: 120, minimum: 3);
        var learned = Enumerable.Range(259, tokenizer.VocabularySize - 259).Select(token => Bytes(tokenizer, token));
        CollectionAssert.AreEqual(merges.Distinct().ToArray(), learned.ToArray());
        foreach (var (word, parts) in words)
            CollectionAssert.AreEqual(parts, tokenizer.Encode(word).Select(token => Bytes(tokenizer, token)).ToArray(), word);
    }

    [TestMethod]
    public void LongWordsAreMergedByTheSameRule()
    {
        // A word of many letters that pairs overlap in, against merging pair after pair over the whole word.
        var random = new Random(3);
        var tokenizer = BytePairTokenizer.Train(Enumerable.Range(0, 50).Select(_ => Letters(random, 60)), new() { VocabularySize = 300 });
        string word = Letters(random, 400);
        var parts = word.Select(letter => letter.ToString()).ToList();
        var merges = Merges(tokenizer);
        foreach (var (left, right) in merges)
        {
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (parts[i] != left || parts[i + 1] != right) continue;
                parts[i] += right;
                parts.RemoveAt(i + 1);
            }
        }
        CollectionAssert.AreEqual(parts, tokenizer.Encode(word).Select(tokenizer.TokenText).ToArray());
        Assert.IsTrue(parts.Count < 200, "some pairs were merged");

        static string Letters(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => "abc"[random.Next(3)]));
    }

    [TestMethod]
    public void TextsInAnyOrderGiveTheSameTokens()
    {
        string[] texts = TextMaker.Sentences(200);
        string[] shuffled = [.. texts];
        new Random(5).Shuffle(shuffled);
        Assert.AreEqual(Json(BytePairTokenizer.Train(texts)), Json(BytePairTokenizer.Train(shuffled)));
    }

    [TestMethod]
    public void WordsAreThoseOfGpt2()
    {
        // The published expression, on text of the Basic Multilingual Plane, where .NET's classes of characters are the same.
        var expression = new Regex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");
        var words = new ByteLevelWords();
        var texts = TextMaker.Hard.Concat(TextMaker.Random(3000));
        foreach (string text in texts.Select(text => new string([.. text.Where(c => !char.IsSurrogate(c))])))
        {
            var expected = expression.Matches(text).Select(match => match.Value).ToArray();
            var found = new List<string>();
            for (int start = 0; start < text.Length; start += found[^1].Length) found.Add(text[start..words.WordEnd(text, start)]);
            CollectionAssert.AreEqual(expected, found, text);
        }
    }

    [TestMethod]
    public void VocabularyKeepsItsSize()
    {
        foreach (int size in new[] { 259, 260, 300 })
            Assert.AreEqual(size, BytePairTokenizer.Train(TextMaker.Sentences(100), new() { VocabularySize = size }).VocabularySize);
        Assert.AreEqual(259, BytePairTokenizer.Train([]).VocabularySize);
        Assert.AreEqual(259, BytePairTokenizer.Train(["abc"]).VocabularySize, "nothing occurs twice");
    }

    [TestMethod]
    public void SpecialTokensHaveNames()
    {
        var tokenizer = BytePairTokenizer.Train(TextMaker.Sentences(10), new() { MaskToken = true, NamedTokens = ["<back>"] });
        Assert.AreEqual(new SpecialTokens { Padding = 0, Begin = 1, End = 2, Unknown = null, Mask = 3 }, tokenizer.Special);
        Assert.AreEqual(4, tokenizer.NamedToken("<back>"));
        Assert.IsNull(tokenizer.NamedToken("back"));
        Assert.AreEqual("<back>", tokenizer.TokenText(4));
        Assert.AreEqual("", tokenizer.Decode([0, 1, 2, 3, 4]));
        Assert.AreEqual("x <back>", tokenizer.Decode([4, .. tokenizer.Encode("x <back>"), 2]));
    }

    [TestMethod]
    public void BadArgumentsAreNamed()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train([], new() { VocabularySize = 258 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train([], new() { MinimumFrequency = 0 }));
        Assert.ThrowsExactly<ArgumentException>(() => BytePairTokenizer.Train([], new() { NamedTokens = ["dog"] }));
        Assert.ThrowsExactly<ArgumentException>(() => BytePairTokenizer.Train([], new() { NamedTokens = ["<s>"] }));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => BytePairTokenizer.Train(["a", null!])).Message, "Text 1");
        Assert.ThrowsExactly<ArgumentNullException>(() => s_tokenizer.Encode(null!));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => s_tokenizer.Decode([-1]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => s_tokenizer.TokenText(s_tokenizer.VocabularySize));
    }

    [TestMethod]
    public void ManyThreadsShareATokenizer()
    {
        var tokenizer = BytePairTokenizer.Train(TextMaker.Sentences(500), new() { VocabularySize = 340 });
        Parallel.ForEach(TextMaker.Random(2000).Concat(TextMaker.Sentences(2000)), text =>
            CollectionAssert.AreEqual(s_tokenizer.Encode(text), tokenizer.Encode(text)));
    }

    /// <summary>
    /// Algorithm 1 of Sennrich et al. as it is printed: all pairs are counted anew for each merge. Strings hold a byte in each character.
    /// </summary>
    static (List<string> Made, Dictionary<string, string[]> Words) Textbook(string[] texts, int tokens, int minimum)
    {
        var expression = new Regex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+");
        var counts = texts.SelectMany(text => expression.Matches(text)).CountBy(match => match.Value).ToDictionary();
        var words = counts.Keys.ToDictionary(word => word, word => Encoding.UTF8.GetBytes(word).Select(b => ((char)b).ToString()).ToArray());
        // Bytes that are printable go first, in both halves of Latin-1.
        var numbers = Enumerable.Range(0, 256).OrderBy(b => b is (> 32 and < 127) or (> 160 and not 173) ? 0 : 1)
            .Select((b, i) => (((char)b).ToString(), i)).ToDictionary();
        var made = new List<string>();
        while (made.Distinct().Count() < tokens)
        {
            var pairs = new Dictionary<(string, string), int>();
            foreach (var (word, parts) in words)
                foreach (var pair in parts.Zip(parts.Skip(1))) pairs[pair] = pairs.GetValueOrDefault(pair) + counts[word];
            var frequent = pairs.Where(pair => pair.Value >= minimum).OrderByDescending(pair => pair.Value)
                .ThenBy(pair => numbers[pair.Key.Item1]).ThenBy(pair => numbers[pair.Key.Item2]).Select(pair => pair.Key).ToList();
            if (frequent.Count == 0) break;
            var (left, right) = frequent[0];
            made.Add(left + right);
            numbers.TryAdd(left + right, numbers.Count);
            foreach (string word in counts.Keys)
            {
                var parts = words[word].ToList();
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    if (parts[i] != left || parts[i + 1] != right) continue;
                    parts[i] += right;
                    parts.RemoveAt(i + 1);
                }
                words[word] = [.. parts];
            }
        }
        return (made, words);
    }

    static string Bytes(BytePairTokenizer tokenizer, int token) =>
        string.Concat(tokenizer.Vocabulary.Bytes(token).ToArray().Select(b => (char)b));

    static string Json(Tokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        tokenizer.Write(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static (string, string)[] Merges(Tokenizer tokenizer)
    {
        using var json = System.Text.Json.JsonDocument.Parse(Json(tokenizer));
        var merges = json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray();
        return [.. merges.Select(merge => merge.GetString()!.Split(' ')).Select(merge => (merge[0], merge[1]))];
    }
}
