using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>What the special tokens are called in files: ours, and the names that well-known models use.</summary>
static class SpecialNames
{
    public const string Padding = "<pad>", Begin = "<s>", End = "</s>", Unknown = "<unk>", Mask = "<mask>";

    // The first that a file has counts.
    static readonly string[] s_padding = [Padding, "[PAD]", "<|pad|>"];
    static readonly string[] s_begin = [Begin, "<bos>", "[BOS]", "<|begin_of_text|>", "<|startoftext|>", "[CLS]"];
    static readonly string[] s_end = [End, "<eos>", "[EOS]", "<|end_of_text|>", "<|endoftext|>", "[SEP]"];
    static readonly string[] s_mask = [Mask, "[MASK]"];

    /// <summary>The names of a vocabulary that is to be learned, by number.</summary>
    /// <exception cref="ArgumentException">A name is not as it must be, or stands there twice.</exception>
    public static IReadOnlyList<string> List(TokenizerOptions options, bool unknown)
    {
        List<string> names = [Padding, Begin, End];
        if (unknown) names.Add(Unknown);
        if (options.MaskToken) names.Add(Mask);
        foreach (string name in options.NamedTokens)
        {
            // Brackets and letters together are never a word or a part of one, so no piece of text that is learned has such a name.
            bool bracketed = name is ['<', .., '>'] or ['[', .., ']'];
            if (!bracketed || !name.All(c => c is > ' ' and <= '~') || !name.Any(char.IsAsciiLetterOrDigit))
                throw new ArgumentException($"Got the special token '{name}'; expected ASCII letters or digits in <> or [].", nameof(options));
            if (names.Contains(name)) throw new ArgumentException($"The special token '{name}' stands there twice.", nameof(options));
            names.Add(name);
        }
        return names;
    }

    /// <summary>Which of the special tokens is which.</summary>
    /// <param name="added">Those of a file.</param>
    /// <param name="unknown">What the model calls its unknown token, if it has one.</param>
    /// <param name="append">Makes a special token of a name that none has.</param>
    public static SpecialTokens Find(IReadOnlyList<AddedToken> added, string? unknown, Func<string, int> append)
    {
        return new()
        {
            Padding = Required(s_padding), Begin = Required(s_begin), End = Required(s_end),
            Unknown = unknown is null ? null : Optional([unknown]), Mask = Optional(s_mask),
        };

        int? Optional(string[] names) => names.SelectMany(name => added.Where(token => token.Special && token.Content == name))
            .Select(token => (int?)token.Id).FirstOrDefault();

        int Required(string[] names) => Optional(names) ?? append(names[0]);
    }
}
