using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Reads the feature vector of the current row of a cursor.</summary>
sealed class FeatureReader(DataViewRow row, DataViewSchema.Column column, int size) : IRowInputReader
{
    readonly ValueGetter<VBuffer<float>> _getter = row.GetGetter<VBuffer<float>>(column);
    VBuffer<float> _features;

    /// <summary>Reads without looking at the values: training checks them itself.</summary>
    /// <exception cref="InvalidDataException">The row's vector has another size than the schema says.</exception>
    public void Read(Span<float> destination)
    {
        _getter(ref _features);
        if (_features.Length != size)
            throw new InvalidDataException(
                $"Column '{column.Name}', row {row.Position}: expected a vector of {size} values, got {_features.Length}.");
        _features.CopyTo(destination);
    }

    /// <inheritdoc/>
    public void ReadChecked(Span<float> destination)
    {
        Read(destination);
        try
        {
            FeatureScaler.CheckFinite(destination, row.Position);
        }
        catch (InvalidRowException e)
        {
            throw Explain(e, column);
        }
    }

    /// <summary>The same error with the names that the user knows the place by.</summary>
    public static InvalidRowException Explain(InvalidRowException error, DataViewSchema.Column column)
    {
        var name = column.ReadSlotNames() is { } names && names[error.Slot].Length > 0 ? $" ('{names[error.Slot]}')" : "";
        var (expected, advice) = float.IsNaN(error.Value)
            ? ("a finite number", "Replace missing values first (ReplaceMissingValues) or drop their rows (FilterRowsByMissingValues).")
            : float.IsInfinity(error.Value) ? ("a finite number", "Limit or drop infinite values first.")
            : ("0 or 1", "The slot is named as Boolean or as an indicator in Slots, or annotated as one.");
        return new InvalidRowException(
            $"Column '{column.Name}', row {error.Row}, slot {error.Slot}{name}: expected {expected}, got {error.Value}. {advice}",
            error.Row, error.Slot, error.Value);
    }
}
