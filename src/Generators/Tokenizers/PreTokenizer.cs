using System.Text.Json;

namespace Extensions.ML.Generators;

/// <summary>How text is divided into words before a model divides the words into tokens, and how files spell a token.</summary>
abstract class PreTokenizer
{
    /// <summary>The text as the model sees it.</summary>
    /// <param name="text">A text, or what stands between two added tokens.</param>
    /// <param name="first">Whether it is the beginning of the text.</param>
    public virtual ReadOnlySpan<char> Prepare(ReadOnlySpan<char> text, bool first) => text;

    /// <summary>Where a word ends.</summary>
    /// <param name="text">As <see cref="Prepare"/> gives it.</param>
    /// <param name="start">Where the word begins, before the end of the text.</param>
    /// <returns>The index behind its last code unit.</returns>
    public abstract int WordEnd(ReadOnlySpan<char> text, int start);

    /// <summary>
    /// The bytes of text (<see cref="TextBytes"/>) of a token that a file spells so; <see langword="null"/> where it means none.
    /// </summary>
    public abstract byte[]? Read(string name);

    /// <summary>Whether the text of a token sequence loses a space at its beginning.</summary>
    public virtual bool BeginsWithSpace => false;

    /// <summary>Writes the parts of a tokenizer.json that go with it: <c>normalizer</c>, <c>pre_tokenizer</c> and <c>decoder</c>.</summary>
    public abstract void Write(Utf8JsonWriter json);

    /// <summary>How often each word occurs in texts.</summary>
    /// <exception cref="ArgumentException">A text is missing.</exception>
    public Dictionary<string, long> Count(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var counts = new Dictionary<string, long>();
        var words = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        int row = 0;
        foreach (string text in texts)
        {
            if (text is null) throw new ArgumentException($"Text {row} is missing.", nameof(texts));
            var prepared = Prepare(text, first: true);
            for (int start = 0, end; start < prepared.Length; start = end)
            {
                end = WordEnd(prepared, start);
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(words, prepared[start..end], out _)++;
            }
            row++;
        }
        return counts;
    }
}
