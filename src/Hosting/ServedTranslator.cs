using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>Translates texts for any number of callers at once: texts that wait at the same time are translated together.</summary>
/// <remarks>Registered by <see cref="ExtensionsMLBuilder.AddTranslator"/>. Searches as the model's trainer was told.</remarks>
public sealed class ServedTranslator : ServedModel<string, Translation>
{
    int _streams;

    internal ServedTranslator(string name, Func<Settings> settings) : base(name, settings)
    {
    }

    /// <summary>The best translation of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Takes the request out of the queue. A batch under way with it goes on for the others.</param>
    /// <exception cref="PredictionException">The request was refused.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<Translation> TranslateAsync(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return AskAsync(text, cancellation);
    }

    /// <summary>A translation found with one beam, part by part as it is found.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="PredictionException">There is no model, or as many texts as <see cref="ModelOptions.MaxBatchSize"/> are streamed already.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<string> StreamAsync(string text, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var turn = Enter();
        await foreach (var part in turn.Translator.TranslateAsync(text, cancellation: cancellation).ConfigureAwait(false))
            yield return part;
    }

    /// <summary>Where the network looks as it comes to each token of the best translation, in every layer and head.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Stops the waiting, not the work.</param>
    /// <exception cref="PredictionException">As for <see cref="StreamAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<TranslationAttention> AttendAsync(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var turn = Enter();
        return Task.Run(() =>
        {
            using (turn)
                return turn.Translator.Attention(text);
        }, CancellationToken.None).WaitAsync(cancellation);
    }

    Turn Enter()
    {
        if (Interlocked.Increment(ref _streams) <= Serving.Options.MaxBatchSize)
        {
            try
            {
                return new Turn(this, Lease());
            }
            catch
            {
                Interlocked.Decrement(ref _streams);
                throw;
            }
        }
        Interlocked.Decrement(ref _streams);
        throw new PredictionException(PredictionFailure.QueueFull,
            $"The model '{Name}' streams {Serving.Options.MaxBatchSize} translations already; try again later.");
    }

    private protected override IBatchEngine<string, Translation> Bind(ITransformer model, DataViewSchema inputSchema) => new Engine(Find(model));

    private protected override string Probe(DataViewSchema inputSchema) => "a";

    static TranslationTransformer Find(ITransformer model) => model as TranslationTransformer
        ?? (model as IEnumerable<ITransformer>)?.OfType<TranslationTransformer>().LastOrDefault()
        ?? throw new InvalidDataException("The model holds no translator.");

    sealed class Engine(TranslationTransformer translator) : IBatchEngine<string, Translation>
    {
        public IReadOnlyList<Translation> Run(IReadOnlyList<string> rows) => [.. translator.Translate(rows).Select(found => found[0])];
    }

    /// <summary>The model while one caller uses it outside the queue.</summary>
    sealed class Turn(ServedTranslator owner, LiveModel<string, Translation> live) : IDisposable
    {
        public TranslationTransformer Translator { get; } = Find(live.Model);

        public void Dispose()
        {
            live.Release();
            Interlocked.Decrement(ref owner._streams);
        }
    }
}
