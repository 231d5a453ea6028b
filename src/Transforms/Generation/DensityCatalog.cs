using Extensions.ML;
using Extensions.ML.Trainers;

namespace Microsoft.ML;

/// <summary>Normalizing flows, autoregressive networks and densities of codes in the catalog of generators.</summary>
public static class DensityCatalog
{
    /// <summary>Learns a normalizing flow over rows of numbers.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">Name of the column to learn: a vector of Single.</param>
    /// <param name="labelColumnName">A column of classes that rows can be asked for by; <see langword="null"/> for none.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static NormalizingFlowTrainer NormalizingFlow(this GenerationCatalog.GenerationTrainers catalog, string inputColumnName = "Features",
        string? labelColumnName = null, int? epochs = null) =>
        catalog.NormalizingFlow(new NormalizingFlowTrainer.Options
        {
            InputColumnNames = [inputColumnName],
            LabelColumnName = labelColumnName,
            Epochs = epochs,
        });

    /// <summary>Learns a normalizing flow over rows of numbers.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static NormalizingFlowTrainer NormalizingFlow(this GenerationCatalog.GenerationTrainers catalog, NormalizingFlowTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }

    /// <summary>Learns an autoregressive network over tables or images.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">Name of the column to learn: a vector of Single.</param>
    /// <param name="labelColumnName">A column of classes that rows can be asked for by; <see langword="null"/> for none.</param>
    /// <param name="network">The network; <see langword="null"/> for a <see cref="MaskedAutoregressiveNetwork"/>.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static AutoregressiveTrainer Autoregressive(this GenerationCatalog.GenerationTrainers catalog, string inputColumnName = "Features",
        string? labelColumnName = null, AutoregressiveDesign? network = null, int? epochs = null) =>
        catalog.Autoregressive(new AutoregressiveTrainer.Options
        {
            InputColumnNames = [inputColumnName],
            LabelColumnName = labelColumnName,
            Network = network ?? new MaskedAutoregressiveNetwork(),
            Epochs = epochs,
        });

    /// <summary>Learns an autoregressive network over tables or images.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static AutoregressiveTrainer Autoregressive(this GenerationCatalog.GenerationTrainers catalog, AutoregressiveTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }

    /// <summary>Learns an autoencoder and a density of its codes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">Name of the column to learn: a vector of Single.</param>
    /// <param name="labelColumnName">A column of classes that rows can be asked for by; <see langword="null"/> for none.</param>
    /// <param name="codeSize">Values in a code, at least 1.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static AutoencoderDensityTrainer AutoencoderDensity(this GenerationCatalog.GenerationTrainers catalog, string inputColumnName = "Features",
        string? labelColumnName = null, int codeSize = 16, int? epochs = null) =>
        catalog.AutoencoderDensity(new AutoencoderDensityTrainer.Options
        {
            InputColumnNames = [inputColumnName],
            LabelColumnName = labelColumnName,
            CodeSize = codeSize,
            Epochs = epochs,
        });

    /// <summary>Learns an autoencoder and a density of its codes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static AutoencoderDensityTrainer AutoencoderDensity(this GenerationCatalog.GenerationTrainers catalog,
        AutoencoderDensityTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }
}
