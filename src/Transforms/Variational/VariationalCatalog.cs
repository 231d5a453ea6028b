using Extensions.ML;

namespace Microsoft.ML;

/// <summary>Variational autoencoders in the catalogs of <see cref="MLContext"/>.</summary>
public static class VariationalCatalog
{
    /// <summary>Learns a variational encoding of a feature vector without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Name of the new column, a vector of <paramref name="latentSize"/> Single: the mean of the posterior.</param>
    /// <param name="inputColumnName">Name of the input column; <see langword="null"/> for <paramref name="outputColumnName"/>.</param>
    /// <param name="latentSize">Values in the encoding, at least 1.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static VariationalEncodingEstimator VariationalEncoding(this TransformsCatalog catalog, string outputColumnName,
        string? inputColumnName = null, int latentSize = 16, int? epochs = null) =>
        catalog.VariationalEncoding(new VariationalEncodingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnNames = [inputColumnName ?? outputColumnName],
            LatentSize = latentSize,
            Epochs = epochs,
        });

    /// <summary>Learns a variational encoding of rows without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static VariationalEncodingEstimator VariationalEncoding(this TransformsCatalog catalog, VariationalEncodingEstimator.Options options) =>
        new(HostAccess.Environment(catalog), options);

    /// <summary>Detects rows that a variational autoencoder of all rows thinks improbable.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="featureColumnName">Name of the feature column, a vector of Single.</param>
    /// <param name="contamination">Share of anomalies expected among the training rows, 0 to 0.5; sets the threshold.</param>
    /// <param name="latentSize">Values in a latent vector, at least 1.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static VariationalAnomalyTrainer VariationalAutoencoder(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog,
        string featureColumnName = "Features", double contamination = 0.05, int latentSize = 8, int? epochs = null) =>
        catalog.VariationalAutoencoder(new VariationalAnomalyTrainer.Options
        {
            InputColumnNames = [featureColumnName],
            Contamination = contamination,
            LatentSize = latentSize,
            Epochs = epochs,
        });

    /// <summary>Detects rows that a variational autoencoder of all rows thinks improbable.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static VariationalAnomalyTrainer VariationalAutoencoder(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog,
        VariationalAnomalyTrainer.Options options) =>
        new(HostAccess.Environment(catalog), options);

    /// <summary>Learns a variational autoencoder to draw rows from.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">Name of the column to learn: a vector of Single.</param>
    /// <param name="labelColumnName">A column of classes that rows can be asked for by; <see langword="null"/> for none.</param>
    /// <param name="latentSize">Values in a latent vector, at least 1.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static VariationalGeneratorTrainer VariationalAutoencoder(this GenerationCatalog.GenerationTrainers catalog,
        string inputColumnName = "Features", string? labelColumnName = null, int latentSize = 16, int? epochs = null) =>
        catalog.VariationalAutoencoder(new VariationalGeneratorTrainer.Options
        {
            InputColumnNames = [inputColumnName],
            LabelColumnName = labelColumnName,
            LatentSize = latentSize,
            Epochs = epochs,
        });

    /// <summary>Learns a variational autoencoder to draw rows from.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static VariationalGeneratorTrainer VariationalAutoencoder(this GenerationCatalog.GenerationTrainers catalog,
        VariationalGeneratorTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }
}
