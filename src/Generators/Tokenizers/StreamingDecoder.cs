using System.Runtime.CompilerServices;
using System.Text;

namespace Extensions.ML.Generators;

/// <summary>
/// Turns tokens into text as they come: each token gives the characters that it completes, for a character may be spread over several. The
/// parts together are what <see cref="Tokenizer.Decode"/> gives for all the tokens. Of one thread.
/// </summary>
public sealed class StreamingDecoder
{
    readonly Tokenizer _tokenizer;
    readonly StringBuilder _text = new();
    readonly List<byte> _pending = [];
    bool _started;

    internal StreamingDecoder(Tokenizer tokenizer) => _tokenizer = tokenizer;

    /// <summary>Takes the next token.</summary>
    /// <param name="token">From 0 to below <see cref="Tokenizer.VocabularySize"/>.</param>
    /// <returns>The text that is complete now and was not given before; often empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Add(int token)
    {
        Collect(token);
        return Flush(last: false);
    }

    /// <summary>Ends the text.</summary>
    /// <returns>U+FFFD for a character that was begun and not completed, else nothing.</returns>
    public string Finish() => Flush(last: true);

    /// <summary>The text in parts, as the tokens come.</summary>
    internal async IAsyncEnumerable<string> Parts(IAsyncEnumerable<int> tokens, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (int token in tokens.WithCancellation(cancellation).ConfigureAwait(false))
            if (Add(token) is { Length: > 0 } part)
                yield return part;
        if (Finish() is { Length: > 0 } rest)
            yield return rest;
    }

    internal string All(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens) Collect(token);
        return Finish();
    }

    void Collect(int token)
    {
        var bytes = _tokenizer.Vocabulary.Bytes(token);
        if (bytes.IsEmpty) return;
        bool drop = !_started && _tokenizer.BeginsWithSpace && bytes[0] == ' ';
        _started = true;
        _pending.AddRange(drop ? bytes[1..] : bytes);
    }

    string Flush(bool last)
    {
        if (_pending.Count == 0) return "";
        int used = TextBytes.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending), _text.Clear(), last);
        _pending.RemoveRange(0, used);
        return _text.ToString();
    }
}
