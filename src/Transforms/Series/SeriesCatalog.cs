using Extensions.ML;

namespace Microsoft.ML;

/// <summary>Series in the catalogs of <see cref="MLContext"/>.</summary>
public static class SeriesCatalog
{
    /// <summary>Puts the last steps of a series into one vector for every row. The rows must come in the order of time.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Name of the new column, a vector of Single, oldest step first.</param>
    /// <param name="inputColumnName">Name of the column of the series, Single or a vector of Single; <see langword="null"/> for <paramref name="outputColumnName"/>.</param>
    /// <param name="windowSize">Steps in the window, the row's own among them; at least 1.</param>
    /// <param name="timeColumnName">Name of a DateTime column, whose place in the day and in the week is put behind the steps; <see langword="null"/> for none.</param>
    public static SlidingWindowEstimator SlidingWindow(this TransformsCatalog catalog, string outputColumnName, string? inputColumnName = null,
        int windowSize = 12, string? timeColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(outputColumnName, new SeriesColumns(inputColumnName ?? outputColumnName, timeColumnName), windowSize);
    }

    /// <summary>Detects anomalous steps of a series by the error with which an autoencoder rebuilds a step from those before.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="valueColumnName">Name of the column of the series, Single or a vector of Single.</param>
    /// <param name="timeColumnName">Name of its DateTime column; <see langword="null"/> where times are not known.</param>
    /// <param name="windowSize">Steps in a window, the newest among them; at least 2.</param>
    /// <param name="contamination">Share of anomalous steps expected among the training rows, 0 to 0.5; sets the threshold.</param>
    public static SeriesAnomalyTrainer AutoencoderSeries(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, string valueColumnName,
        string? timeColumnName = null, int windowSize = 12, double contamination = 0.01) =>
        catalog.AutoencoderSeries(new SeriesAnomalyTrainer.Options
        {
            ValueColumnName = valueColumnName,
            TimeColumnName = timeColumnName,
            WindowSize = windowSize,
            Contamination = contamination,
        });

    /// <summary>Detects anomalous steps of a series by the error with which an autoencoder rebuilds a step from those before.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static SeriesAnomalyTrainer AutoencoderSeries(this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog,
        SeriesAnomalyTrainer.Options options) =>
        new(HostAccess.Environment(catalog), options);
}
