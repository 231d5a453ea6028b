using Extensions.ML.Trainers;
using Microsoft.ML;

namespace Extensions.ML;

/// <summary>Which columns a network reads of a row, and how they become its floats.</summary>
abstract class RowInput
{
    /// <summary>Floats of a row.</summary>
    public abstract int Size { get; }

    /// <summary>Finds the columns in a schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing, or of another type or size.</exception>
    public abstract DataViewSchema.Column[] Bind(DataViewSchema schema);

    /// <summary>Reads these columns of the current row of a cursor.</summary>
    /// <param name="row">The cursor, or a single row.</param>
    /// <param name="columns">What <see cref="Bind"/> found in its schema.</param>
    public abstract IRowInputReader Open(DataViewRow row, DataViewSchema.Column[] columns);
}

/// <summary>Reads the floats of the current row.</summary>
interface IRowInputReader
{
    /// <summary>Reads a row that is about to be scored.</summary>
    /// <param name="destination">As many values as the input's <see cref="RowInput.Size"/>.</param>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    void ReadChecked(Span<float> destination);
}

/// <summary>One feature column, a vector of Single.</summary>
/// <param name="name">Name of the column.</param>
/// <param name="size">Its slots.</param>
sealed class FeatureInput(string name, int size) : RowInput
{
    public override int Size => size;

    public override DataViewSchema.Column[] Bind(DataViewSchema schema) => [schema.RequireFeatures(name, size)];

    public override IRowInputReader Open(DataViewRow row, DataViewSchema.Column[] columns) => new FeatureReader(row, columns[0], size);
}
