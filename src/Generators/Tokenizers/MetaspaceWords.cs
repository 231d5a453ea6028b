using System.Text.Json;

namespace Extensions.ML.Generators;

/// <summary>When <see cref="MetaspaceWords"/> puts a space before text.</summary>
enum SpaceBefore
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>At the beginning of a text that begins without one.</summary>
    First,

    /// <summary>Also behind each added token.</summary>
    Always,

    /// <summary>Even before text that begins with a space.</summary>
    Any,
}

/// <summary>
/// Words as SentencePiece and Llama have them (Kudo and Richardson, "SentencePiece", EMNLP 2018): a space is written as U+2581 and
/// belongs to the
/// word behind it. Files spell a byte that is no character of theirs as <c>&lt;0x0A&gt;</c>.
/// </summary>
/// <param name="before">When a space is put before text, which decoding takes off again.</param>
/// <param name="split">Whether words end before a space; else the text is one word.</param>
sealed class MetaspaceWords(SpaceBefore before, bool split) : PreTokenizer
{
    const char Space = '\u2581';

    static readonly Dictionary<string, byte> s_bytes =
        Enumerable.Range(0, 256).ToDictionary(value => Spell((byte)value), value => (byte)value);

    public override bool BeginsWithSpace => before != SpaceBefore.Never;

    public override ReadOnlySpan<char> Prepare(ReadOnlySpan<char> text, bool first)
    {
        bool put = before switch
        {
            SpaceBefore.Never => false,
            SpaceBefore.Any => text.Length > 0,
            _ => (first || before == SpaceBefore.Always) && text is not [] and not [' ' or Space, ..],
        };
        return (put ? $" {text}" : text.ToString()).Replace(' ', Space);
    }

    public override int WordEnd(ReadOnlySpan<char> text, int start)
    {
        int next = split ? text[(start + 1)..].IndexOf(Space) : -1;
        return next < 0 ? text.Length : start + 1 + next;
    }

    /// <summary>How a file spells a byte.</summary>
    public static string Spell(byte value) => $"<0x{value:X2}>";

    public override byte[] Read(string name) => s_bytes.TryGetValue(name, out byte value) ? [value] : TextBytes.Of(name.Replace(Space, ' '));

    public override void Write(Utf8JsonWriter json)
    {
        if (before == SpaceBefore.Any)
        {
            json.WriteStartObject("normalizer");
            json.WriteString("type", "Sequence");
            json.WriteStartArray("normalizers");
            json.WriteStartObject();
            json.WriteString("type", "Prepend");
            json.WriteString("prepend", Space.ToString());
            json.WriteEndObject();
            WriteReplace(json, " ", Space.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNull("pre_tokenizer");
        }
        else
        {
            json.WriteNull("normalizer");
            json.WriteStartObject("pre_tokenizer");
            json.WriteString("type", "Metaspace");
            json.WriteString("replacement", Space.ToString());
            json.WriteString("prepend_scheme", before.ToString().ToLowerInvariant());
            json.WriteBoolean("split", split);
            json.WriteEndObject();
        }
        json.WriteStartObject("decoder");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("decoders");
        WriteReplace(json, Space.ToString(), " ");
        WriteNamed(json, "ByteFallback");
        WriteNamed(json, "Fuse");
        if (BeginsWithSpace)
        {
            json.WriteStartObject();
            json.WriteString("type", "Strip");
            json.WriteString("content", " ");
            json.WriteNumber("start", 1);
            json.WriteNumber("stop", 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteNamed(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteEndObject();
    }

    static void WriteReplace(Utf8JsonWriter json, string from, string to)
    {
        json.WriteStartObject();
        json.WriteString("type", "Replace");
        json.WriteStartObject("pattern");
        json.WriteString("String", from);
        json.WriteEndObject();
        json.WriteString("content", to);
        json.WriteEndObject();
    }
}
