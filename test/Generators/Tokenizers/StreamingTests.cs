using System.Text;

namespace Extensions.ML.Generators.Tests;

[TestClass]
public class StreamingTests
{
    static readonly BytePairTokenizer s_tokenizer = BytePairTokenizer.Train(TextMaker.Sentences(100), new() { VocabularySize = 300 });

    static readonly Dictionary<byte, int> s_ofBytes = Enumerable.Range(3, 256).ToDictionary(token => s_tokenizer.Vocabulary.Bytes(token)[0]);

    [TestMethod]
    public void PartsAreWholeCharactersAndTogetherTheText()
    {
        foreach (string text in TextMaker.Hard.Concat(TextMaker.Random(2000)))
        {
            var decoder = s_tokenizer.StartDecoding();
            var parts = s_tokenizer.Encode(text).Select(decoder.Add).ToList();
            Assert.AreEqual("", decoder.Finish());
            Assert.AreEqual(text, string.Concat(parts));
            // A pair of surrogates is never cut.
            parts.RemoveAll(part => part == "");
            for (int i = 1; i < parts.Count; i++) Assert.IsFalse(char.IsSurrogatePair(parts[i - 1][^1], parts[i][0]));
        }
    }

    [TestMethod]
    public void BytesThatAreNoTextAreReplacedAsTheRuntimeDoes()
    {
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            // Bytes of the kinds that begin, continue and break characters; none of U+D800 to U+DFFF, which are decoded here.
            byte[] bytes = [.. Enumerable.Range(0, random.Next(12)).Select(_ => (byte)(random.Next(5) switch
            {
                0 => random.Next(0x80),
                1 => random.Next(0x80, 0xC0),
                2 => random.Next(0xC0, 0xE0),
                3 => random.Next(0xE0, 0xED),
                _ => random.Next(0xEE, 0x100),
            }))];
            int[] tokens = [.. bytes.Select(b => s_ofBytes[b])];
            string expected = Encoding.UTF8.GetString(bytes);
            Assert.AreEqual(expected, s_tokenizer.Decode(tokens));
            var decoder = s_tokenizer.StartDecoding();
            Assert.AreEqual(expected, string.Concat(tokens.Select(decoder.Add)) + decoder.Finish());
        }
    }

    [TestMethod]
    public void CharactersComeWithTheirLastByte()
    {
        var decoder = s_tokenizer.StartDecoding();
        int[] tokens = s_tokenizer.Encode("😀");
        Assert.AreEqual(4, tokens.Length);
        Assert.AreEqual("||" + "|😀", string.Join('|', tokens.Select(decoder.Add)));
        Assert.AreEqual("", decoder.Add(tokens[0]));
        Assert.AreEqual("\uFFFD", decoder.Finish());
    }
}
