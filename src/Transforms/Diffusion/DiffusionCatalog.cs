using Extensions.ML;
using Extensions.ML.Trainers;

namespace Microsoft.ML;

/// <summary>Diffusion models in the catalogs of <see cref="MLContext"/>.</summary>
public static class DiffusionCatalog
{
    /// <summary>Learns a diffusion model to draw rows from.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">Name of the column to learn: a vector of Single.</param>
    /// <param name="labelColumnName">A column of classes that rows can be asked for by; <see langword="null"/> for none.</param>
    /// <param name="network">The kind of network, a <see cref="UNet"/> for images; <see langword="null"/> for a
    /// <see cref="DenseDenoiser"/>.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static DiffusionTrainer Diffusion(this GenerationCatalog.GenerationTrainers catalog, string inputColumnName = "Features",
        string? labelColumnName = null, DenoiserDesign? network = null, int? epochs = null) => catalog.Diffusion(new DiffusionTrainer.Options
        {
            InputColumnNames = [inputColumnName],
            LabelColumnName = labelColumnName,
            Network = network ?? new DenseDenoiser(),
            Epochs = epochs,
        });

    /// <summary>Learns a diffusion model to draw rows from.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static DiffusionTrainer Diffusion(this GenerationCatalog.GenerationTrainers catalog, DiffusionTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }
}
