using Extensions.ML;

namespace Microsoft.ML;

/// <summary>Autoencoders in the catalogs of <see cref="MLContext"/>.</summary>
public static class AutoencoderCatalog
{
    /// <summary>Learns an embedding of a feature vector without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Name of the new column, a vector of <paramref name="embeddingSize"/> Single.</param>
    /// <param name="inputColumnName">Name of the feature column, a vector of Single; <see langword="null"/> for <paramref name="outputColumnName"/>.</param>
    /// <param name="embeddingSize">Values in the embedding, at least 1.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static AutoencoderEmbeddingEstimator AutoencoderEmbedding(this TransformsCatalog catalog, string outputColumnName,
        string? inputColumnName = null, int embeddingSize = 16, int? epochs = null) =>
        catalog.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            EmbeddingSize = embeddingSize,
            Epochs = epochs,
        });

    /// <summary>Learns an embedding of a feature vector without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static AutoencoderEmbeddingEstimator AutoencoderEmbedding(this TransformsCatalog catalog, AutoencoderEmbeddingEstimator.Options options) =>
        new(HostAccess.Environment(catalog), options);

    /// <summary>Detects rows that are unusual to autoencoders trained on all of them.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="featureColumnName">Name of the feature column, a vector of Single.</param>
    /// <param name="contamination">Share of anomalies expected among the training rows, 0 to 0.5; sets the threshold.</param>
    /// <param name="codeSize">Values in the narrow layer, at least 1; <see langword="null"/> for several networks from a tenth to half of the slots.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static AutoencoderAnomalyTrainer Autoencoder(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog,
        string featureColumnName = "Features", double contamination = 0.05, int? codeSize = null, int? epochs = null) =>
        catalog.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            FeatureColumnName = featureColumnName,
            Contamination = contamination,
            CodeSize = codeSize,
            Epochs = epochs,
        });

    /// <summary>Detects rows that are unusual to autoencoders trained on all of them.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static AutoencoderAnomalyTrainer Autoencoder(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog,
        AutoencoderAnomalyTrainer.Options options) =>
        new(HostAccess.Environment(catalog), options);
}
