using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Which rows people call anomalies.</summary>
static class AnomalyLabels
{
    /// <summary>The threshold at which a detector's decisions agree best with labelled rows: <see cref="DetectionThreshold.MaximizingF"/>.</summary>
    /// <param name="labelled">The labelled rows.</param>
    /// <param name="labelColumnName">As for <see cref="Read"/>.</param>
    /// <param name="beta">How much more recall counts than precision, above 0.</param>
    /// <param name="detector">The detector with threshold 0.</param>
    /// <param name="scoreColumnName">Name of its score column.</param>
    public static float BestThreshold(IDataView labelled, string labelColumnName, double beta, ITransformer detector, string scoreColumnName)
    {
        ArgumentNullException.ThrowIfNull(labelled);
        var anomalous = Read(labelled, labelColumnName);
        return DetectionThreshold.MaximizingF([.. detector.Transform(labelled).GetColumn<float>(scoreColumnName)], anomalous, beta);
    }

    /// <param name="data">The labelled rows.</param>
    /// <param name="columnName">A Boolean, or a Single that is above 0 for anomalies as ML.NET's evaluator of detectors has it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    /// <exception cref="InvalidDataException">A label is missing; column and row are named.</exception>
    public static bool[] Read(IDataView data, string columnName)
    {
        var column = data.Schema.GetColumnOrNull(columnName)
            ?? throw new ArgumentOutOfRangeException(nameof(data), $"Could not find label column '{columnName}'");
        return column.Type == BooleanDataViewType.Instance ? [.. data.GetColumn<bool>(column)]
            : column.Type == NumberDataViewType.Single ? [.. data.GetColumn<float>(column).Select((label, row) => !float.IsNaN(label) ? label > 0
                : throw new InvalidDataException($"Column '{columnName}', row {row}: the label is missing."))]
            : throw new ArgumentOutOfRangeException(nameof(data),
                $"Schema mismatch for label column '{columnName}': expected Boolean or Single, got {column.Type}.");
    }
}
