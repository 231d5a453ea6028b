using System.Text;

namespace Extensions.ML.Generators.Tests;

/// <summary>Text that finds what tokenizers get wrong.</summary>
static class TextMaker
{
    /// <summary>
    /// Control characters, white space of all kinds, emoji made of several characters, combining marks, scripts without spaces, letters
    /// and digits beyond U+FFFF, halves of surrogate pairs in every place, and what looks like special tokens.
    /// </summary>
    public static readonly string[] Hard =
    [
        "", " ", "  ", "\n", "\0", "\u0001\u007F\u0085\u00A0", " a", "a ", "a  b", "a \n b\r\n\r\n  c\t",
        "it's 'tis we'll 'S I'd they've", "1,234.5 12a34",
        "日本語のテスト。", "नमस्ते", "e\u0301", "\uFEFF\u200B\u200D", "👩‍👩‍👧 🇩🇪 🏳️‍🌈", "𝐀𝐁𝐂 𝟏𝟐𝟑", "\uFFFD", "\uFFFE\uFFFF", "\U0010FFFF",
        "\uD83D", "\uDE00", "\uDE00\uD83D", "a\uD83Db", "\uD83D\uD83D\uDE00\uDE00", "\uD800\uDBFF\uDC00\uDFFF", "\uDFFF \uD800 ",
        "<pad> <s>x</s> <unk><mask>", "<0x0A>", "\u2581 \u2581", "Ġ Ċ ĠĠ",
        new string('a', 5000), new string(' ', 300) + "x", new string('\uD800', 100),
    ];

    /// <summary>Strings of UTF-16 code units, valid or not, that are more often near each other than far apart.</summary>
    public static IEnumerable<string> Random(int count, int seed = 1)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            var text = new StringBuilder();
            for (int length = random.Next(40); length > 0; length--)
            {
                text.Append(random.Next(7) switch
                {
                    0 => (char)random.Next(0x20, 0x7F),
                    1 => (char)random.Next(0x250),
                    2 => ' ',
                    3 => (char)random.Next(0x10000),
                    4 => "\n\t '.,0129"[random.Next(10)],
                    5 => (char)random.Next(0xD800, 0xE000),
                    _ => new Rune(random.Next(0x1F000, 0x1FA00)).ToString(),
                });
            }
            yield return text.ToString();
        }
    }

    /// <summary>Sentences over few words, so that pairs repeat and often are as frequent as others.</summary>
    public static string[] Sentences(int count, int seed = 1)
    {
        var random = new Random(seed);
        string[] words =
        [
            "der", "den", "dem", "des", "Hund", "Hunde", "hundert", "läuft", "laufen", "Straße", "Straßen", "aaaa", "ababab", "ohne", "Sohne",
        ];
        return [.. Enumerable.Range(0, count).Select(_ =>
            string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => words[random.Next(words.Length)])) + ".")];
    }
}
