using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>
/// Text as a sequence of tokens, which are numbers, and back. Immutable and of any thread. Stored as <c>tokenizer.json</c>, the format of
/// Hugging
/// Face's library "tokenizers".
/// </summary>
/// <remarks>
/// Special tokens are never made from text, not even from text that spells their name, and <see cref="Encode"/> adds none: who feeds a
/// model puts
/// them where they belong. Decoding leaves them out.
/// </remarks>
public abstract class Tokenizer
{
    readonly AddedToken[] _pieces;

    private protected Tokenizer(Vocabulary vocabulary, PreTokenizer words)
    {
        (Vocabulary, Words) = (vocabulary, words);
        // Of those that begin alike the longest is found first.
        _pieces = [.. vocabulary.Added.Where(token => !token.Special).OrderByDescending(token => token.Content.Length)];
    }

    internal Vocabulary Vocabulary { get; }

    private protected PreTokenizer Words { get; }

    internal bool BeginsWithSpace => Words.BeginsWithSpace;

    /// <summary>Tokens, the special ones among them: numbers from 0 to below it.</summary>
    public int VocabularySize => Vocabulary.Size;

    /// <summary>The numbers of the special tokens.</summary>
    public SpecialTokens Special => Vocabulary.Special;

    /// <summary>The number of a special token.</summary>
    /// <param name="name">Its name, such as one of <see cref="TokenizerOptions.NamedTokens"/>.</param>
    /// <returns><see langword="null"/> where there is none of this name.</returns>
    public int? NamedToken(string name) =>
        Vocabulary.Added.Where(token => token.Special && token.Content == name).Select(token => (int?)token.Id).FirstOrDefault();

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any text, also empty.</param>
    /// <returns>Their numbers; no special token but the unknown.</returns>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<int>(text.Length / 3 + 4);
        var rest = text.AsSpan();
        bool first = true;
        while (FindPiece(rest, out var piece) is >= 0 and var at)
        {
            EncodeWords(rest[..at], first, tokens);
            tokens.Add(piece.Id);
            rest = rest[(at + piece.Content.Length)..];
            first = false;
        }
        EncodeWords(rest, first, tokens);
        return [.. tokens];
    }

    int FindPiece(ReadOnlySpan<char> text, out AddedToken found)
    {
        int best = -1;
        found = default;
        foreach (var piece in _pieces)
        {
            int at = (best < 0 ? text : text[..Math.Min(text.Length, best + piece.Content.Length - 1)]).IndexOf(piece.Content);
            if (at >= 0 && (best < 0 || at < best)) (best, found) = (at, piece);
        }
        return best;
    }

    void EncodeWords(ReadOnlySpan<char> text, bool first, List<int> tokens)
    {
        var prepared = Words.Prepare(text, first);
        for (int start = 0, end; start < prepared.Length; start = end)
        {
            end = Words.WordEnd(prepared, start);
            EncodeWord(prepared[start..end], tokens);
        }
    }

    /// <summary>Appends the tokens of a word.</summary>
    private protected abstract void EncodeWord(ReadOnlySpan<char> word, List<int> tokens);

    /// <summary>The text of tokens. Bytes that are no text become U+FFFD.</summary>
    /// <param name="tokens">From 0 to below <see cref="VocabularySize"/>; special tokens are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(ReadOnlySpan<int> tokens) => new StreamingDecoder(this).All(tokens);

    /// <summary>Begins a text that is decoded token by token, as they are generated.</summary>
    public StreamingDecoder StartDecoding() => new(this);

    /// <summary>A token for display: its text, the space before a word included; bytes that are no whole character as in
    /// <c>&lt;0xC3&gt;</c>; the name of a
    /// special token.</summary>
    /// <param name="token">From 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string TokenText(int token)
    {
        var bytes = Vocabulary.Bytes(token);
        if (bytes.IsEmpty) return Vocabulary.Name(token);
        if (TextBytes.IsText(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder();
        foreach (byte value in bytes) text.Append($"<0x{value:X2}>");
        return text.ToString();
    }

    /// <summary>Reads a <c>tokenizer.json</c>, ours or one made elsewhere.</summary>
    /// <param name="stream">UTF-8, at most 64 MiB.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    /// <exception cref="NotSupportedException">It needs what is not offered here; the message says what.</exception>
    /// <remarks>
    /// Offered are byte-pair encodings over bytes with the words of GPT-2 (<c>ByteLevel</c>), byte-pair encodings with <c>Metaspace</c>
    /// and byte fallback
    /// (Llama), and what <see cref="WordTokenizer"/> and <see cref="CharacterTokenizer"/> write. Padding, begin and end are known by
    /// their usual
    /// names; one that the file lacks is added behind its last token. What it says of truncation, padding and templates is not heeded.
    /// </remarks>
    public static Tokenizer Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var json = JsonDocument.Parse(TokenizerFile.Load(stream), TokenizerFile.Format);
            return Parse(json.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The tokenizer is damaged: {e.Message}", e);
        }
    }

    /// <summary>Reads a <c>tokenizer.json</c> that stands within another file; see <see cref="Read"/>.</summary>
    /// <param name="json">Its object.</param>
    /// <exception cref="FormatException">It is damaged.</exception>
    /// <exception cref="NotSupportedException">It needs what is not offered here; the message says what.</exception>
    public static Tokenizer Parse(JsonElement json) => TokenizerFile.Parse(json);

    /// <summary>Writes the <c>tokenizer.json</c>.</summary>
    /// <param name="stream">Takes UTF-8.</param>
    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Write(json);
    }

    /// <summary>Writes the object of the <c>tokenizer.json</c> into another file.</summary>
    /// <param name="json">Takes it as its next value.</param>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        foreach (var token in Vocabulary.Added)
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            json.WriteString("content", token.Content);
            foreach (string no in new[] { "single_word", "lstrip", "rstrip", "normalized" }) json.WriteBoolean(no, false);
            json.WriteBoolean("special", token.Special);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Words.Write(json);
        json.WriteNull("post_processor");
        json.WriteStartObject("model");
        WriteModel(json);
        json.WriteStartObject("vocab");
        for (int token = 0; token < VocabularySize; token++) json.WriteNumber(Vocabulary.Name(token), token);
        json.WriteEndObject();
        WriteMerges(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Writes the properties of the model that stand before its vocabulary.</summary>
    private protected abstract void WriteModel(Utf8JsonWriter json);

    /// <summary>Writes what stands behind its vocabulary.</summary>
    private protected virtual void WriteMerges(Utf8JsonWriter json)
    {
    }
}
