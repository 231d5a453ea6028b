using System.Text;
using System.Text.Json;

namespace Extensions.ML.Generators;

/// <summary>Reads a <c>tokenizer.json</c>. It trusts nothing: what is damaged or not offered here gives one clear exception.</summary>
static class TokenizerFile
{
    const int MostBytes = 64 << 20;

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
            ("BPE" or "WordLevel", _) => throw new NotSupportedException($"A {type} with this pre_tokenizer is not offered here."),
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
                if (!Flag(form, "use_regex", missing: true))
                    throw new NotSupportedException("ByteLevel without its own expression (use_regex) is not offered here.");
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
            case "Split" when Object(form, "pattern") is { } pattern && Text(pattern, "Regex") == CharacterWords.Expression
                && Text(form, "behavior") == "Isolated":
                return CharacterWords.Instance;
            case var other:
                throw new NotSupportedException(
                    $"The pre_tokenizer '{other}' is not offered here, or not as it is set; ByteLevel and Metaspace are.");
        }
    }

    // Llama's: U+2581 before the text, and for each space.
    static bool IsPrepend(JsonElement normalizer) =>
        Text(normalizer, "type") == "Sequence" && List(normalizer, "normalizers") is [var first, var second]
        && Text(first, "type") == "Prepend" && Text(first, "prepend") == "\u2581"
        && Text(second, "type") == "Replace" && Text(second, "content") == "\u2581"
        && Object(second, "pattern") is { } pattern && Text(pattern, "String") == " ";

    /// <param name="Numbers">The number of each token by its name.</param>
    /// <param name="Added">Those that stand beside the model's.</param>
    sealed record TokenNames(Dictionary<string, int> Numbers, List<AddedToken> Added)
    {
        /// <summary>The vocabulary of these tokens.</summary>
        /// <param name="words">Reads how they are spelled.</param>
        /// <param name="unknown">The name of the unknown token; <see langword="null"/> where there is none.</param>
        public Vocabulary Build(PreTokenizer words, string? unknown)
        {
            if (unknown is not null && !Added.Any(token => token.Special && token.Content == unknown)) MakeSpecial(unknown);
            var special = SpecialNames.Find(Added, unknown, MakeSpecial);
            var names = new string[Numbers.Count];
            foreach (var (name, number) in Numbers)
            {
                if (number >= names.Length || names[number] is not null)
                    throw new FormatException(
                        $"The token '{name}' has the number {number}; each of the {names.Length} must have its own, from 0 on.");
                names[number] = name;
            }
            var added = Added.GroupBy(token => token.Id).ToDictionary(tokens => tokens.Key, tokens => tokens.Last());
            var bytes = new byte[names.Length][];
            for (int i = 0; i < names.Length; i++)
            {
                if (added.TryGetValue(i, out var token)) bytes[i] = token.Special ? [] : TextBytes.Of(token.Content);
                else bytes[i] = words.Read(names[i]) ?? throw new FormatException($"The token '{names[i]}' spells no bytes.");
            }
            return new(names, bytes, Added, special);
        }

        // Some files have a special token among the model's and do not say that it is one; others do not have it at all.
        int MakeSpecial(string name)
        {
            Numbers.TryAdd(name, Numbers.Count);
            Added.RemoveAll(token => token.Content == name);
            Added.Add(new(Numbers[name], name, Special: true));
            return Numbers[name];
        }
    }

    static TokenNames Names(JsonElement json, JsonElement model)
    {
        var vocab = Object(model, "vocab") ?? throw new FormatException("The tokenizer's model has no vocab.");
        var numbers = new Dictionary<string, int>();
        foreach (var token in vocab.EnumerateObject())
        {
            if (!numbers.TryAdd(token.Name, Number(token.Value, token.Name)))
                throw new FormatException($"The token '{token.Name}' stands there twice.");
        }
        var added = new List<AddedToken>();
        foreach (var token in List(json, "added_tokens"))
        {
            string? content = Text(token, "content");
            if (string.IsNullOrEmpty(content)) throw new FormatException("An added token has no content.");
            bool special = Flag(token, "special", missing: false);
            var rules = new[] { "lstrip", "rstrip", "single_word" }.Where(name => Flag(token, name, missing: false));
            if (!special && rules.FirstOrDefault() is { } rule)
                throw new NotSupportedException($"The added token '{content}' has {rule}, which is not offered here.");
            if (!token.TryGetProperty("id", out var id)) throw new FormatException($"The added token '{content}' has no id.");
            int number = Number(id, content);
            if (!numbers.TryAdd(content, number) && numbers[content] != number)
                throw new FormatException($"The token '{content}' has the numbers {number} and {numbers[content]}.");
            added.Add(new(number, content, special));
        }
        return new(numbers, added);
    }

    /// <summary>The model's name for what it does not know; <see langword="null"/> where its vocabulary has none.</summary>
    static string? Unknown(JsonElement model, TokenNames names) =>
        Text(model, "unk_token") is { } name && names.Numbers.ContainsKey(name) ? name : null;

    static Vocabulary Lookup(JsonElement json, JsonElement model, PreTokenizer words)
    {
        var names = Names(json, model);
        return names.Build(words, Unknown(model, names) ?? throw new FormatException("The tokenizer has no unknown token (unk_token)."));
    }

    static BytePairTokenizer BytePair(JsonElement json, JsonElement model, PreTokenizer words)
    {
        foreach (string name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
            if (!string.IsNullOrEmpty(Text(model, name))) throw new NotSupportedException($"A BPE model with {name} is not offered here.");
        if (Flag(model, "ignore_merges", missing: false))
            throw new NotSupportedException("A BPE model with ignore_merges is not offered here.");
        if (model.TryGetProperty("dropout", out var dropout) && dropout.ValueKind != JsonValueKind.Null && dropout.GetDouble() != 0)
            throw new NotSupportedException("A BPE model with dropout is not offered here.");

        var names = Names(json, model);
        var vocabulary = names.Build(words, Unknown(model, names));
        var numbers = names.Numbers;
        var merges = List(model, "merges").Select(merge =>
        {
            var (left, right) = Parts(merge);
            return (Token(left), Token(right), Token(left + right));
        }).ToArray();

        bool fallback = words is ByteLevelWords || Flag(model, "byte_fallback", missing: false);
        var bytes = new int[256];
        for (int i = 0; i < 256; i++)
        {
            string name = words is ByteLevelWords ? ByteLevelWords.Spell([(byte)i]) : MetaspaceWords.Spell((byte)i);
            bytes[i] = fallback && numbers.TryGetValue(name, out int number) ? number : vocabulary.Special.Unknown
                ?? throw new FormatException($"The byte {i} has no token ('{name}'), and there is no unknown token.");
        }
        var characters = words is ByteLevelWords ? null : numbers.Where(token => IsCharacter(token.Key))
            .ToDictionary(token => Rune.GetRuneAt(token.Key, 0).Value, token => token.Value);
        return new(vocabulary, words, new(merges), bytes, characters);

        int Token(string name) => numbers.TryGetValue(name, out int number) ? number
            : throw new FormatException($"A merge needs the token '{name}', which is not in the vocabulary.");
    }

    static bool IsCharacter(string name) => Rune.TryGetRuneAt(name, 0, out var rune) && rune.Utf16SequenceLength == name.Length;

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
