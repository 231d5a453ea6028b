using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Extensions.ML.Generators;

/// <summary>
/// Words as GPT-2 has them (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.2): letters, digits or
/// other
/// characters, each kind for itself, with the space before them; English contractions; other white space. Nothing is lost: the words
/// together are
/// the text. Files spell each byte as one printable character.
/// </summary>
/// <remarks>
/// The division is that of the expression <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> over
/// characters (not
/// UTF-16 code units), which is read by hand here: expressions of .NET know no letters beyond U+FFFF. Half a surrogate pair is an "other".
/// </remarks>
/// <param name="prefixSpace">Whether a space is put before a text that begins without; the text then gains it.</param>
sealed class ByteLevelWords(bool prefixSpace = false) : PreTokenizer
{
    enum Kind : byte { Other, Letter, Number, Space }

    static readonly char[] s_characters = Characters();
    static readonly Dictionary<char, byte> s_bytes = s_characters.Select((c, i) => (c, (byte)i)).ToDictionary();
    static readonly Kind[] s_ascii = [.. Enumerable.Range(0, 128).Select(i => KindOf(new Rune(i)))];

    /// <summary>The bytes in the order of the characters that spell them, which is the order of their tokens.</summary>
    public static byte[] Alphabet { get; } = [.. s_bytes.OrderBy(pair => pair.Key).Select(pair => pair.Value)];

    // Bytes that are printable in Latin-1 stand for themselves, the others follow from U+0100.
    static char[] Characters()
    {
        var characters = new char[256];
        for (int i = 0, next = 256; i < 256; i++)
            characters[i] = i is (> 32 and < 127) or (> 160 and not 173) ? (char)i : (char)next++;
        return characters;
    }

    static Kind KindOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
    };

    /// <summary>The kind of the character at the beginning of a text, which is not empty.</summary>
    static Kind KindOf(ReadOnlySpan<char> text, out int length)
    {
        length = 1;
        if (text[0] < 128) return s_ascii[text[0]];
        return Rune.DecodeFromUtf16(text, out var rune, out length) == System.Buffers.OperationStatus.Done ? KindOf(rune) : Kind.Other;
    }

    public override ReadOnlySpan<char> Prepare(ReadOnlySpan<char> text, bool first) =>
        prefixSpace && text is not [] and not [' ', ..] ? $" {text}" : text;

    public override int WordEnd(ReadOnlySpan<char> text, int start)
    {
        if (Contraction(text[start..]) is > 0 and var length) return start + length;
        int at = start;
        if (text[at] == ' ' && at + 1 < text.Length) at++;
        var kind = KindOf(text[at..], out length);
        if (kind == Kind.Space) at = start;
        else at += length;
        while (at < text.Length && KindOf(text[at..], out length) == kind) at += length;
        // White space leaves its last character to the word that follows.
        return kind == Kind.Space && at < text.Length && at - start > 1 ? at - 1 : at;
    }

    static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    /// <summary>How a file spells bytes.</summary>
    public static string Spell(byte[] bytes) => string.Create(bytes.Length, bytes, (name, from) =>
    {
        for (int i = 0; i < name.Length; i++) name[i] = s_characters[from[i]];
    });

    public override byte[]? Read(string name)
    {
        var bytes = new byte[name.Length];
        for (int i = 0; i < bytes.Length; i++)
            if (!s_bytes.TryGetValue(name[i], out bytes[i])) return null;
        return bytes;
    }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteNull("normalizer");
        Part("pre_tokenizer");
        Part("decoder");

        void Part(string name)
        {
            json.WriteStartObject(name);
            json.WriteString("type", "ByteLevel");
            json.WriteBoolean("add_prefix_space", prefixSpace);
            json.WriteBoolean("trim_offsets", true);
            json.WriteBoolean("use_regex", true);
            json.WriteEndObject();
        }
    }
}
