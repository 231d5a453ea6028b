using System.Text;
using System.Text.Json;

namespace Extensions.ML.Generators;

/// <summary>
/// One token for each character (Unicode scalar value). A character that the vocabulary does not hold, and half a surrogate pair, become
/// the unknown token, which decoding leaves out; other text is decoded exactly as it was.
/// </summary>
public sealed class CharacterTokenizer : LookupTokenizer
{
    internal CharacterTokenizer(Vocabulary vocabulary) : base(vocabulary, CharacterWords.Instance)
    {
    }

    /// <summary>Takes the most frequent characters of text.</summary>
    /// <param name="texts">Sentences, lines or documents; gone through once.</param>
    /// <param name="options">How; <see langword="null"/>: the defaults.</param>
    /// <exception cref="ArgumentException">A text is missing, or an option is out of range.</exception>
    public static CharacterTokenizer Train(IEnumerable<string> texts, CharacterOptions? options = null)
    {
        options ??= new();
        options.Check(least: SpecialNames.List(options, unknown: true).Count);
        if (!(options.Coverage is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.Coverage, "Expected a coverage above 0 and at most 1.");
        var counts = CharacterWords.Instance.Count(texts);
        double wanted = options.Coverage * counts.Values.Sum(), covered = 0;
        List<string> known = [];
        foreach (var (character, count) in ByFrequency(counts, options))
        {
            if (covered >= wanted) break;
            covered += count;
            // Half a surrogate pair counts as text, but a file could not spell it.
            if (Rune.TryGetRuneAt(character, 0, out _)) known.Add(character);
        }
        return new(Vocabulary.Of(options, unknown: true, known, CharacterWords.Instance));
    }
}

/// <summary>Each character is a word.</summary>
sealed class CharacterWords : PreTokenizer
{
    /// <summary>Any character, line ends too, in the expressions of files.</summary>
    public const string Expression = @"[\s\S]";

    public static CharacterWords Instance { get; } = new();

    public override int WordEnd(ReadOnlySpan<char> text, int start)
    {
        Rune.DecodeFromUtf16(text[start..], out _, out int length);
        return start + length;
    }

    public override byte[] Read(string name) => TextBytes.Of(name);

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteNull("normalizer");
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", Expression);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        json.WriteStartObject("decoder");
        json.WriteString("type", "Fuse");
        json.WriteEndObject();
    }
}
