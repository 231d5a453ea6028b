using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;

namespace Microsoft.ML;

/// <summary>Language models in the catalogs of <see cref="MLContext"/>.</summary>
public static class LanguageCatalog
{
    /// <summary>Learns how texts go on, to tell how likely texts are and to write such texts.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="textColumnName">Name of the text column.</param>
    /// <param name="tokenizer">How text becomes tokens; <see langword="null"/> for <see cref="BytePairOptions"/>.</param>
    /// <param name="network">The network; <see langword="null"/> for a <see cref="TransformerLanguage"/>.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static LanguageModelTrainer LanguageModel(this GenerationCatalog.GenerationTrainers catalog, string textColumnName = "Text",
        TokenizerOptions? tokenizer = null, LanguageDesign? network = null, int? epochs = null) =>
        catalog.LanguageModel(new LanguageModelTrainer.Options
        {
            TextColumnName = textColumnName,
            Tokenizer = tokenizer ?? new BytePairOptions(),
            Network = network ?? new TransformerLanguage(),
            Epochs = epochs,
        });

    /// <summary>Learns how texts go on, to tell how likely texts are and to write such texts.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static LanguageModelTrainer LanguageModel(this GenerationCatalog.GenerationTrainers catalog, LanguageModelTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }

    /// <summary>Learns an embedding of texts without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Name of the new column, a vector of Single.</param>
    /// <param name="inputColumnName">Name of the text column; <see langword="null"/> for <paramref name="outputColumnName"/>.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static SentenceEmbeddingEstimator SentenceEmbedding(this TransformsCatalog.TextTransforms catalog, string outputColumnName,
        string? inputColumnName = null, int? epochs = null) =>
        catalog.SentenceEmbedding(new SentenceEmbeddingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            Epochs = epochs,
        });

    /// <summary>Learns an embedding of texts without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static SentenceEmbeddingEstimator SentenceEmbedding(this TransformsCatalog.TextTransforms catalog, SentenceEmbeddingEstimator.Options options) =>
        new(HostAccess.Environment(catalog), options);
}
