using System.Runtime.CompilerServices;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>A trained language model behind its tokenizer. Immutable; of many threads at once.</summary>
/// <param name="model">The network; owned.</param>
/// <param name="tokenizer">How texts become tokens.</param>
sealed class TextGenerator(LanguageModel model, Tokenizer tokenizer) : IDisposable
{
    const int BatchRows = 64;

    public LanguageModel Model => model;
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>Continues texts.</summary>
    /// <param name="prompts">Any number; an empty one is the beginning of a text.</param>
    /// <param name="options">How to write.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>For each prompt what may follow.</returns>
    public IReadOnlyList<GeneratedText>[] Generate(IReadOnlyList<string> prompts, DecodingOptions options, CancellationToken cancellation = default)
    {
        var tokens = prompts.Select(tokenizer.Encode).ToArray();
        var found = new IReadOnlyList<GeneratedText>[prompts.Count];
        // Of about the same length, for a row whose prompt is long keeps those waiting that have come to their end.
        foreach (var batch in Enumerable.Range(0, tokens.Length).OrderBy(row => tokens[row].Length).Chunk(BatchRows))
        {
            var given = Array.ConvertAll(batch, row => tokens[row]);
            using var state = Start(batch.Length);
            foreach (var (row, decoded) in batch.Zip(SequenceSearch.Decode(state, model.Device, tokenizer.Special, options, Batch(given), cancellation)))
                found[row] = [.. decoded.Select(Describe)];
        }
        return found;
    }

    /// <summary>Continues a text and gives its parts as they come.</summary>
    /// <exception cref="ArgumentException">What is searched for is known at the end only.</exception>
    public IAsyncEnumerable<string> Stream(string prompt, DecodingOptions options, CancellationToken cancellation)
    {
        options.ValidateForStream();
        return Parts(prompt, options, cancellation);
    }

    async IAsyncEnumerable<string> Parts(string prompt, DecodingOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var given = tokenizer.Encode(prompt);
        var text = After(given);
        using var state = Start(1);
        var tokens = SequenceSearch.Stream(state, model.Device, tokenizer.Special, options, Batch([given]));
        await foreach (var part in text.Parts(tokens, cancellation).ConfigureAwait(false))
            yield return part;
    }

    DecoderState Start(int rows) => model.Architecture.Network.RemembersWithoutEnd ? model.Start(rows)
        : new WindowedState(model.Start, rows, model.Architecture.MaximumLength + 1);

    static DecodingBatch Batch(int[][] prompts) => new() { Rows = DecodingBatch.Numbers(prompts), Prefixes = prompts };

    GeneratedText Describe(DecodedSequence sequence)
    {
        int[] tokens = [.. sequence.Tokens], written = tokens[sequence.PrefixLength..];
        var text = After(tokens[..sequence.PrefixLength]);
        return new()
        {
            Text = string.Concat(written.Select(text.Add)) + text.Finish(),
            Tokens = [.. written.Select(tokenizer.TokenText)],
            LogProbabilities = [.. sequence.LogProbabilities.Skip(sequence.PrefixLength)],
            Score = sequence.Score,
            Ended = sequence.Ended,
        };
    }

    /// <summary>Spells what stands behind a prompt.</summary>
    StreamingDecoder After(int[] prompt)
    {
        var text = tokenizer.StartDecoding();
        foreach (var token in prompt)
            text.Add(token);
        return text;
    }

    /// <summary>How likely texts are, their ends included.</summary>
    public IReadOnlyList<TextLikelihood> Judge(IReadOnlyList<string> texts)
    {
        var (logLikelihoods, tokens) = model.LogLikelihood([.. texts.Select(tokenizer.Encode)]);
        return [.. logLikelihoods.Zip(tokens, (logLikelihood, count) => new TextLikelihood(logLikelihood, count))];
    }

    public void Dispose() => model.Dispose();
}

/// <summary>How likely a text is to a language model.</summary>
/// <param name="LogLikelihood">Natural logarithm of its probability, its end included.</param>
/// <param name="Tokens">Tokens that it has, its end counted.</param>
readonly record struct TextLikelihood(double LogLikelihood, int Tokens)
{
    public double Perplexity => Math.Exp(-LogLikelihood / Tokens);
}
