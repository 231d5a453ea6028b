using System.Runtime.CompilerServices;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>A trained network between the tokenizers of its two languages. Immutable; of many threads at once.</summary>
/// <param name="model">The network; owned.</param>
/// <param name="source">Of the language to translate from.</param>
/// <param name="target">Of the language to translate to; the same where they share a vocabulary.</param>
sealed class Translator(TranslationModel model, Tokenizer source, Tokenizer target) : IDisposable
{
    // Enough rows that matrix products run at full speed, few enough that their beams stay in the cache.
    const int BatchRows = 64;
    const int BatchTokens = 2048;

    public TranslationModel Model => model;
    public Tokenizer Source => source;
    public Tokenizer Target => target;

    /// <summary>The tokens of a text as the network is given them: the first ones of a text that is longer than its longest sequence.</summary>
    int[] Encode(string text) => string.IsNullOrWhiteSpace(text) ? [] : Cut(source.Encode(text));

    int[] Cut(int[] tokens) => tokens[..Math.Min(tokens.Length, model.Architecture.MaximumLength)];

    /// <summary>Translates texts.</summary>
    /// <param name="texts">Any number; one that is empty or blank becomes an empty translation.</param>
    /// <param name="options">How to search.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>For each text its translations, best first.</returns>
    public IReadOnlyList<Translation>[] Translate(IReadOnlyList<string> texts, DecodingOptions options, CancellationToken cancellation = default)
    {
        var sources = texts.Select(Encode).ToArray();
        var found = new IReadOnlyList<Translation>[texts.Count];
        foreach (var batch in Batches(sources))
        {
            if (sources[batch[0]].Length == 0)
            {
                foreach (var row in batch)
                    found[row] = [Translation.Empty];
                continue;
            }
            var rows = Array.ConvertAll(batch, row => sources[row]);
            foreach (var (row, decoded) in batch.Zip(Decode(rows, options, cancellation)))
                found[row] = [.. decoded.Select(Describe)];
        }
        return found;
    }

    DecodedSequence[][] Decode(int[][] rows, DecodingOptions options, CancellationToken cancellation)
    {
        using var state = model.Encode(rows);
        return SequenceSearch.Decode(state, model.Device, target.Special, options, Batch(rows), cancellation);
    }

    DecodingBatch Batch(int[][] rows) => new()
    {
        Rows = DecodingBatch.Numbers(rows),
        SourceLengths = [.. rows.Select(row => row.Length + 1)],
        Limit = model.Architecture.MaximumLength,
    };

    /// <summary>Translates a text and gives the parts of the translation as they come.</summary>
    /// <exception cref="ArgumentException">What is searched for is known at the end only.</exception>
    public IAsyncEnumerable<string> Stream(string text, DecodingOptions options, CancellationToken cancellation)
    {
        options.ValidateForStream();
        return Parts(text, options, cancellation);
    }

    async IAsyncEnumerable<string> Parts(string text, DecodingOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        int[][] rows = [Encode(text)];
        if (rows[0].Length == 0)
            yield break;
        using var state = model.Encode(rows);
        var tokens = SequenceSearch.Stream(state, model.Device, target.Special, options, Batch(rows));
        await foreach (var part in target.StartDecoding().Parts(tokens, cancellation).ConfigureAwait(false))
            yield return part;
    }

    Translation Describe(DecodedSequence sequence) => new()
    {
        Text = target.Decode([.. sequence.Tokens]),
        Score = sequence.Score,
        Tokens = [.. sequence.Tokens.Select(target.TokenText)],
        TokenNumbers = sequence.Tokens,
        LogProbabilities = sequence.LogProbabilities,
        Attention = sequence.Attention,
    };

    /// <summary>What looks where when a text is translated.</summary>
    /// <param name="text">The text.</param>
    /// <param name="translation">Its translation; null for the best one.</param>
    /// <param name="options">How to search for that.</param>
    public TranslationAttention Attend(string text, string? translation, DecodingOptions options)
    {
        int[] from = Encode(text), to = translation == null ? [.. Translate([text], options)[0][0].TokenNumbers] : Cut(target.Encode(translation));
        var special = target.Special;
        return new([.. from.Append(special.End).Select(source.TokenText)], [.. to.Prepend(special.Begin).Select(target.TokenText)], model.Attend(from, to));
    }

    /// <summary>Perplexity of translations: the exponential of the mean negative logarithm of the probability of a token, ends included.</summary>
    public double Perplexity(IEnumerable<string> texts, IEnumerable<string> translations)
    {
        var (logLikelihoods, tokens) = model.LogLikelihood([.. texts.Select(Encode)], [.. translations.Select(text => Cut(target.Encode(text)))]);
        return Math.Exp(-logLikelihoods.Sum() / tokens.Sum(count => (long)count));
    }

    /// <summary>Numbers of rows of about the same length, those without tokens by themselves.</summary>
    static IEnumerable<int[]> Batches(int[][] sources)
    {
        var order = Enumerable.Range(0, sources.Length).OrderBy(row => sources[row].Length).ToArray();
        for (int start = 0, end; start < order.Length; start = end)
        {
            var none = sources[order[start]].Length == 0;
            for (end = start + 1; end < order.Length; end++)
            {
                var length = sources[order[end]].Length;
                if (none ? length > 0 : end - start >= BatchRows || (end - start + 1) * (length + 1) > BatchTokens)
                    break;
            }
            yield return order[start..end];
        }
    }

    public void Dispose() => model.Dispose();
}
