using System.Runtime.InteropServices;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace Extensions.ML;

/// <summary>Reads the feature column of a data view into memory, or a random sample of it.</summary>
static class FeatureSample
{
    /// <param name="data">The rows.</param>
    /// <param name="column">A vector of Single.</param>
    /// <param name="size">Its slots.</param>
    /// <param name="maximumRows">Rows to read: of more rows, each is kept with the same probability (Vitter's algorithm R).</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    public static FeatureMatrix Read(IDataView data, DataViewSchema.Column column, int size, int maximumRows, int seed)
    {
        var random = new SeededRandom(seed);
        var (values, row) = (new List<float>(), new float[size]);
        using var cursor = data.GetRowCursor([column]);
        var features = new FeatureReader(cursor, column, size);
        for (var seen = 1L; cursor.MoveNext(); seen++)
        {
            features.ReadChecked(row);
            if (seen <= maximumRows)
                values.AddRange(row);
            else if ((long)(random.NextDouble() * seen) is var place && place < maximumRows)
                row.CopyTo(CollectionsMarshal.AsSpan(values)[(int)(place * size)..]);
        }
        return new FeatureMatrix([.. values], size);
    }
}
