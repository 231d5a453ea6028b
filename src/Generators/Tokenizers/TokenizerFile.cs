using System.Text.Json;
using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>Reads a <c>tokenizer.json</c>. It trusts nothing: what is damaged or not offered here gives one clear exception.</summary>
static class TokenizerFile
{
    const int MostBytes = 256 << 20;

    public static JsonDocumentOptions Format { get; } = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="FormatException">There are too many.</exception>
    public static ReadOnlyMemory<byte> Load(Stream stream)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + read > MostBytes) throw new FormatException($"The tokenizer has more than {MostBytes >> 20} MiB.");
            bytes.Write(buffer, 0, read);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    public static Tokenizer Parse(JsonElement json)
    {
        try
        {
            return ParseParts(json);
        }
        catch (InvalidOperationException e)
        {
            // JsonElement's complaint about a value of another type than expected, or a string that is no Unicode.
            throw new FormatException($"The tokenizer is damaged: {e.Message}", e);
        }
    }

    static Tokenizer ParseParts(JsonElement json)
    {
        var model = Object(json, "model") ?? throw new FormatException("The tokenizer has no model.");
        string type = Text(model, "type") ?? (model.TryGetProperty("merges", out _) ? "BPE" : "");
        var words = WordsOf(json);
        return (type, words) switch
        {
            ("BPE", ByteLevelWords or MetaspaceWords) => BytePair(json, model, words),
            ("WordLevel", ByteLevelWords byteLevel) => new WordTokenizer(Lookup(json, model, words), byteLevel),
            ("WordLevel", CharacterWords) => new CharacterTokenizer(Lookup(json, model, words)),
            ("BPE" or "WordLevel", _) => throw new NotSupportedException($"A {type} tokenizer with this pre_tokenizer is not offered here."),
            _ => throw new NotSupportedException($"Tokenizers of the kind '{type}' are not offered here; BPE and WordLevel are."),
        };
    }

    static PreTokenizer WordsOf(JsonElement json)
    {
        var normalizer = Object(json, "normalizer");
        var words = Object(json, "pre_tokenizer");
        if (normalizer is { } given)
        {
            if (words is null && IsPrepend(given)) return new MetaspaceWords(SpaceBefore.Any, split: false);
            throw new NotSupportedException($"The normalizer '{Text(given, "type")}' is not offered here, which would change text; "
                + "none is, and Prepend with Replace as Llama has them.");
        }
        if (words is not { } form) throw new NotSupportedException("A tokenizer without a pre_tokenizer is not offered here.");
        switch (Text(form, "type"))
        {
            case "ByteLevel":
                if (!Flag(form, "use_regex", missing: true)) throw new NotSupportedException("ByteLevel without its own expression (use_regex) is not offered here.");
                return new ByteLevelWords(Flag(form, "add_prefix_space", missing: true));
            case "Metaspace":
                if (Text(form, "replacement") is { } replacement and not "\u2581")
                    throw new NotSupportedException($"Metaspace with the replacement '{replacement}' is not offered here; U+2581 is.");
                var before = Text(form, "prepend_scheme") switch
                {
                    "never" => SpaceBefore.Never,
                    "first" => SpaceBefore.First,
                    "always" => SpaceBefore.Always,
                    null => Flag(form, "add_prefix_space", missing: true) ? SpaceBefore.Always : SpaceBefore.Never,
                    var other => throw new NotSupportedException($"Metaspace with the prepend_scheme '{other}' is not offered here."),
                };
                return new MetaspaceWords(before, Flag(form, "split", missing: true));
            case "Split" when Object(form, "pattern") is { } pattern && Text(pattern, "Regex") == CharacterWords.Expression && Text(form, "behavior") == "Isolated":
                return CharacterWords.Instance;
            case var other:
                throw new NotSupportedException($"The pre_tokenizer '{other}' is not offered here, or not with its settings; ByteLevel and Metaspace are.");
        }
    }

    // Llama's: U+2581 before the text, and for each space.
    static bool IsPrepend(JsonElement normalizer) => Text(normalizer, "type") == "Sequence" && List(normalizer, "normalizers") is [var first, var second]
        && Text(first, "type") == "Prepend" && Text(first, "prepend") == "\u2581"
        && Text(second, "type") == "Replace" && Text(second, "content") == "\u2581" && Object(second, "pattern") is { } pattern && Text(pattern, "String") == " ";

    static LookupVocabulary Names(JsonElement json, JsonElement model)
    {
        var vocab = Object(model, "vocab") ?? throw new FormatException("The tokenizer's model has no vocab.");
        var numbers = new Dictionary<string, int>();
        foreach (var token in vocab.EnumerateObject())
            if (!numbers.TryAdd(token.Name, Number(token.Value, token.Name))) throw new FormatException($"The token '{token.Name}' stands there twice.");
        var added = new List<AddedToken>();
        foreach (var token in List(json, "added_tokens"))
        {
            string content = Text(token, "content") ?? throw new FormatException("An added token has no content.");
            bool special = Flag(token, "special", missing: false);
            if (content.Length == 0) throw new FormatException("An added token is empty.");
            if (!special && (Flag(token, "lstrip", false) || Flag(token, "rstrip", false) || Flag(token, "single_word", false)))
                throw new NotSupportedException($"The added token '{content}' has lstrip, rstrip or single_word, which are not offered here.");
            if (!token.TryGetProperty("id", out var id)) throw new FormatException($"The added token '{content}' has no id.");
            int number = Number(id, content);
            if (!numbers.TryAdd(content, number) && numbers[content] != number)
                throw new FormatException($"The token '{content}' has the numbers {number} and {numbers[content]}.");
            added.Add(new(number, content, special));
        }
        return new(numbers, added);
    }

    /// <summary>The numbers of tokens by their names.</summary>
    sealed record LookupVocabulary(Dictionary<string, int> Numbers, List<AddedToken> Added)
    {
        public Vocabulary Build(PreTokenizer words, string? unknown)
        {
            if (unknown is not null && Added.All(token => token.Content != unknown))
            {
                if (!Numbers.TryGetValue(unknown, out int number)) throw new FormatException($"The unknown token '{unknown}' is not in the vocabulary.");
                Added.Add(new(number, unknown, Special: true));
            }
            var special = SpecialNames.Find(Added, unknown, Append);
            var names = new string[Numbers.Count];
            foreach (var (name, number) in Numbers)
            {
                if (number >= names.Length || names[number] is not null)
                    throw new FormatException($"The token '{name}' has the number {number}; the {names.Length} tokens must be numbered from 0 on, each with its own.");
                names[number] = name;
            }
            var added = Added.ToDictionary(token => token.Id);
            var bytes = new byte[names.Length][];
            for (int i = 0; i < names.Length; i++)
            {
                bytes[i] = !added.TryGetValue(i, out var token) ? words.Read(names[i]) ?? throw new FormatException($"The token '{names[i]}' spells no bytes.")
                    : token.Special ? [] : TextBytes.Of(token.Content);
            }
            return new(names, bytes, Added, special);
        }

        int Append(string name)
        {
            int number = Numbers.Count;
            if (!Numbers.TryAdd(name, number)) throw new FormatException($"The token '{name}' is text, not special.");
            Added.Add(new(number, name, Special: true));
            return number;
        }
    }

    static Vocabulary Lookup(JsonElement json, JsonElement model, PreTokenizer words) =>
        Names(json, model).Build(words, Text(model, "unk_token") ?? throw new FormatException("The tokenizer's model has no unk_token."));

    static BytePairTokenizer BytePair(JsonElement json, JsonElement model, PreTokenizer words)
    {
        foreach (string name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
            if (!string.IsNullOrEmpty(Text(model, name))) throw new NotSupportedException($"A BPE model with {name} is not offered here.");
        if (Flag(model, "ignore_merges", missing: false)) throw new NotSupportedException("A BPE model with ignore_merges is not offered here.");
        if (model.TryGetProperty("dropout", out var dropout) && dropout.ValueKind != JsonValueKind.Null && dropout.GetDouble() != 0)
            throw new NotSupportedException("A BPE model with dropout is not offered here.");

        var names = Names(json, model);
        var vocabulary = names.Build(words, Text(model, "unk_token"));
        var numbers = names.Numbers;
        var merges = List(model, "merges").Select(merge =>
        {
            var (left, right) = Parts(merge);
            return (Token(left), Token(right), Token(left + right));
        }).ToArray();

        bool fallback = Flag(model, "byte_fallback", missing: false);
        Dictionary<int, int>? characters = null;
        if (words is MetaspaceWords)
        {
            if (!fallback && vocabulary.Special.Unknown is null) throw new NotSupportedException("A BPE model with neither byte_fallback nor unk_token is not offered here.");
            characters = [];
            foreach (var (name, number) in numbers)
                if (System.Text.Rune.TryGetRuneAt(name, 0, out var rune) && rune.Utf16SequenceLength == name.Length) characters[rune.Value] = number;
        }
        var bytes = new int[256];
        for (int i = 0; i < 256; i++)
        {
            string name = words is MetaspaceWords ? $"<0x{i:X2}>" : ByteLevelWords.Spell([(byte)i]);
            bytes[i] = (words is ByteLevelWords || fallback) && numbers.TryGetValue(name, out int number) ? number
                : vocabulary.Special.Unknown ?? throw new FormatException($"The byte {i} has no token ('{name}'), nor is there an unknown token.");
        }
        return new(vocabulary, words, new(merges), bytes, characters);

        int Token(string name) => numbers.TryGetValue(name, out int number) ? number : throw new FormatException($"A merge needs the token '{name}', which is not in the vocabulary.");
    }

    static (string Left, string Right) Parts(JsonElement merge)
    {
        string[] parts = merge.ValueKind == JsonValueKind.Array
            ? [.. merge.EnumerateArray().Select(part => part.GetString() ?? "")] : (merge.GetString() ?? "").Split(' ');
        if (parts is [{ Length: > 0 } left, { Length: > 0 } right]) return (left, right);
        throw new FormatException($"The merge {merge.GetRawText()} is not of two tokens.");
    }

    static JsonElement? Object(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.ValueKind == JsonValueKind.Object ? value : throw new FormatException($"The tokenizer's {name} is no object.") : null;

    static JsonElement[] List(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? [.. value.EnumerateArray()] : [];

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    static bool Flag(JsonElement json, string name, bool missing) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetBoolean() : missing;

    static int Number(JsonElement value, string name) => value.TryGetInt32(out int number) && number >= 0 ? number
        : throw new FormatException($"The number of the token '{name}' is {value.GetRawText()}; expected one from 0 on.");
}
