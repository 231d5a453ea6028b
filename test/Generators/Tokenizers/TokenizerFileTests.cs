using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Extensions.ML.Generators.Tests;

[TestClass]
public class TokenizerFileTests
{
    static readonly Tokenizer[] s_tokenizers =
    [
        BytePairTokenizer.Train(TextMaker.Sentences(100), new() { VocabularySize = 300, MaskToken = true, NamedTokens = ["<back>"] }),
        WordTokenizer.Train(TextMaker.Sentences(100)),
        CharacterTokenizer.Train([.. TextMaker.Sentences(100), "\"\\\u0001\n😀"]),
    ];

    [TestMethod]
    public void WhatIsWrittenIsReadAgain()
    {
        foreach (var tokenizer in s_tokenizers)
        {
            var read = Read(Write(tokenizer));
            Assert.AreEqual(tokenizer.GetType(), read.GetType());
            Assert.AreEqual(tokenizer.Special, read.Special);
            Assert.AreEqual(tokenizer.VocabularySize, read.VocabularySize);
            Assert.AreEqual(tokenizer.NamedToken("<back>"), read.NamedToken("<back>"));
            CollectionAssert.AreEqual(Write(tokenizer), Write(read));
            foreach (string text in TextMaker.Hard.Concat(TextMaker.Random(300)).Concat(TextMaker.Sentences(100)))
            {
                CollectionAssert.AreEqual(tokenizer.Encode(text), read.Encode(text));
                Assert.AreEqual(tokenizer.Decode(tokenizer.Encode(text)), read.Decode(read.Encode(text)));
            }
        }
    }

    [TestMethod]
    public void Gpt2sFormIsRead()
    {
        // As the published file of GPT-2: no type, empty names, merges as strings, the end of a text its only special token.
        var tokenizer = Read(ByteLevel(["l o", "lo w", "Ġ low"]));
        Assert.AreEqual(256 + 3 + 1 + 2, tokenizer.VocabularySize, "padding and begin are added");
        Assert.AreEqual((260, 261, 259), (tokenizer.Special.Padding, tokenizer.Special.Begin, tokenizer.Special.End));
        CollectionAssert.AreEqual(new[] { "low", " low", "e", "r", " ", " ", "\n", "lo" },
            tokenizer.Encode("low lower  \nlo").Select(tokenizer.TokenText).ToArray());
        Assert.AreEqual("low<|endoftext|>", tokenizer.Decode(tokenizer.Encode("low<|endoftext|>")), "text makes no special tokens");
    }

    [TestMethod]
    public void AddedTokensAreNeverDivided()
    {
        var json = ByteLevel(["l o", "lo w"]);
        var added = json["added_tokens"]!.AsArray();
        added.Add(Added(259, "low", special: false));
        added.Add(Added(260, "lower", special: false));
        json["model"]!["vocab"]!.AsObject().Remove("low");
        json["model"]!["merges"] = new JsonArray("l o");
        added[0]!["id"] = 257;
        added[1]!["id"] = 258;
        added[2]!["id"] = 259;
        var tokenizer = Read(json);
        string[] expected = ["s", "lower", "lo", "x", "low"];
        CollectionAssert.AreEqual(expected, tokenizer.Encode("slowerloxlow").Select(tokenizer.TokenText).ToArray());
        Assert.AreEqual("slowerloxlow", tokenizer.Decode(tokenizer.Encode("slowerloxlow")));
    }

    [TestMethod]
    public void LlamasFormIsRead()
    {
        foreach (bool metaspace in new[] { false, true })
        {
            var tokenizer = Read(Llama(metaspace));
            string[] pieces = [" ab", " a", "<0xC3>", "<0xA4>", "b"];
            CollectionAssert.AreEqual(pieces, tokenizer.Encode("ab aäb").Select(tokenizer.TokenText).ToArray());
            foreach (string text in TextMaker.Hard.Concat(TextMaker.Random(1000)))
            {
                // U+2581 is a space there, and Metaspace puts none before another.
                string expected = text.Replace('\u2581', ' ');
                if (metaspace && expected.StartsWith(' ')) expected = expected[1..];
                Assert.AreEqual(expected, tokenizer.Decode(tokenizer.Encode(text)));
            }
            Assert.AreEqual("ab ä", Read(Write(tokenizer)).Decode(tokenizer.Encode("ab ä")));
        }
    }

    [TestMethod]
    public void WhatIsNotOfferedIsNamed()
    {
        foreach (var (path, value, name) in new (string, JsonNode?, string)[]
        {
            ("model/type", "Unigram", "Unigram"), ("model/type", "WordPiece", "WordPiece"), ("model/dropout", 0.1, "dropout"),
            ("model/ignore_merges", true, "ignore_merges"), ("model/end_of_word_suffix", "</w>", "end_of_word_suffix"),
            ("model/continuing_subword_prefix", "##", "continuing_subword_prefix"), ("pre_tokenizer", null, "pre_tokenizer"),
            ("pre_tokenizer/use_regex", false, "use_regex"), ("pre_tokenizer/type", "Whitespace", "Whitespace"),
            ("normalizer", new JsonObject { ["type"] = "NFC" }, "NFC"),
        })
        {
            var json = ByteLevel(["l o"]);
            var keys = path.Split('/');
            JsonNode node = json;
            foreach (string key in keys[..^1]) node = node[key]!;
            node[keys[^1]] = value;
            StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => Read(json)).Message, name);
        }
    }

    [TestMethod]
    public void DamagedFilesGiveOneException()
    {
        Assert.ThrowsExactly<FormatException>(() => Read([]));
        Assert.ThrowsExactly<FormatException>(() => Read("[]"u8.ToArray()));
        Assert.ThrowsExactly<FormatException>(() => Read("{}"u8.ToArray()));
        Assert.ThrowsExactly<FormatException>(() => Read(Encoding.UTF8.GetBytes(new string('[', 100000))));
        foreach (Action<JsonNode> damage in new Action<JsonNode>[]
        {
            json => json["model"]!["vocab"]!["a"] = -1, json => json["model"]!["vocab"]!["a"] = int.MaxValue,
            json => json["model"]!["vocab"]!["a"] = 1e30, json => json["model"]!["vocab"]!["a"] = 5,
            json => json["model"]!["vocab"]!["a"] = "5", json => json["model"]!["vocab"] = null,
            json => json["model"]!["vocab"]!.AsObject().Remove("a"), json => json["model"]!["vocab"]!["\u4E00"] = 259,
            json => json["model"]!["merges"] = new JsonArray("l q"), json => json["model"]!["merges"] = new JsonArray("lo"),
            json => json["model"]!["merges"] = new JsonArray(1), json => json["model"]!["merges"] = 7,
            json => json["model"]!["merges"] = new JsonArray(new JsonArray("l")),
            json => json["added_tokens"]![0]!["id"] = 3, json => json["added_tokens"]![0]!["content"] = "", json => json["added_tokens"] = 3,
            json => json["pre_tokenizer"] = "ByteLevel", json => json["model"] = new JsonArray(),
        })
        {
            var json = ByteLevel(["l o"]);
            damage(json);
            Assert.ThrowsExactly<FormatException>(() => Read(json), json.ToJsonString()[^60..]);
        }
        // Any damage at all: an error of one of the two kinds, or a tokenizer that works.
        var random = new Random(1);
        foreach (var tokenizer in s_tokenizers)
        {
            byte[] whole = Write(tokenizer);
            for (int i = 0; i < 400; i++)
            {
                byte[] bytes = [.. whole];
                for (int changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
                try
                {
                    var read = Read(bytes);
                    read.Decode(read.Encode("läuft <s> 😀"));
                }
                catch (Exception e) when (e is FormatException or NotSupportedException)
                {
                }
            }
        }
    }

    static JsonObject Added(int id, string content, bool special) => new()
    {
        ["id"] = id, ["special"] = special, ["content"] = content,
        ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false,
    };

    static JsonObject ByteLevel(string[] merges)
    {
        var vocabulary = new JsonObject();
        foreach (byte value in ByteLevelWords.Alphabet) vocabulary[ByteLevelWords.Spell([value])] = vocabulary.Count;
        foreach (string merge in merges) vocabulary[merge.Replace(" ", "")] = vocabulary.Count;
        return new()
        {
            ["version"] = "1.0", ["truncation"] = null, ["padding"] = null,
            ["added_tokens"] = new JsonArray(Added(256 + merges.Length, "<|endoftext|>", special: true)),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true },
            ["post_processor"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = false },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true },
            ["model"] = new JsonObject
            {
                ["dropout"] = null, ["unk_token"] = "", ["continuing_subword_prefix"] = "", ["end_of_word_suffix"] = "", ["fuse_unk"] = false,
                ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }

    static JsonObject Llama(bool metaspace)
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (int i = 0; i < 256; i++) vocabulary[$"<0x{i:X2}>"] = vocabulary.Count;
        foreach (string piece in new[] { "\u2581", "a", "b", "\u2581a", "\u2581ab" }) vocabulary[piece] = vocabulary.Count;
        return new()
        {
            ["added_tokens"] = new JsonArray(Added(0, "<unk>", true), Added(1, "<s>", true), Added(2, "</s>", true)),
            ["normalizer"] = metaspace ? null : JsonNode.Parse("""
                {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
                """),
            ["pre_tokenizer"] = metaspace ? JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""") : null,
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["unk_token"] = "<unk>", ["fuse_unk"] = true, ["byte_fallback"] = true, ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(new JsonArray("\u2581", "a"), new JsonArray("\u2581a", "b")),
            },
        };
    }

    static byte[] Write(Tokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        tokenizer.Write(stream);
        return stream.ToArray();
    }

    static Tokenizer Read(byte[] bytes) => Tokenizer.Read(new MemoryStream(bytes));

    static Tokenizer Read(JsonNode json) => Read(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
