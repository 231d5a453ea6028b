using Extensions.ML;
using Extensions.ML.Trainers;

namespace Microsoft.ML;

/// <summary>Generative adversarial networks in the catalogs of <see cref="MLContext"/>.</summary>
public static class AdversarialCatalog
{
    /// <summary>Learns a generative adversarial network to draw rows from.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="inputColumnName">Name of the column to learn: a vector of Single.</param>
    /// <param name="labelColumnName">A column of classes that rows can be asked for by; <see langword="null"/> for none.</param>
    /// <param name="network">The kind of generator and discriminator: <see cref="DenseGan"/>, or <see cref="ConvolutionalGan"/> for images;
    /// <see langword="null"/> for the former.</param>
    /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
    public static GanTrainer Gan(this GenerationCatalog.GenerationTrainers catalog, string inputColumnName = "Features",
        string? labelColumnName = null, AdversarialDesign? network = null, int? epochs = null) => catalog.Gan(new GanTrainer.Options
        {
            InputColumnNames = [inputColumnName],
            LabelColumnName = labelColumnName,
            Network = network ?? new DenseGan(),
            Epochs = epochs,
        });

    /// <summary>Learns a generative adversarial network to draw rows from.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static GanTrainer Gan(this GenerationCatalog.GenerationTrainers catalog, GanTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(catalog.Environment, options);
    }
}
