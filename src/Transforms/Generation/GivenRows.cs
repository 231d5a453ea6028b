using System.Numerics.Tensors;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Rows of a data view as a generator sees them, all in memory.</summary>
/// <param name="Values">[rows, input size]</param>
/// <param name="Classes">[rows], from 0; empty where the generator knows none.</param>
sealed record GivenRows(float[] Values, int[] Classes)
{
    public static GivenRows Read(GeneratorTransformer generator, IDataView data)
    {
        var inputs = generator.Inputs;
        var columns = inputs.Bind(data.Schema);
        var label = generator.Label?.Bind(data.Schema);
        var (values, classes, row) = (new List<float>(), new List<int>(), new float[inputs.Size]);
        using var cursor = data.GetRowCursor(label is { } named ? [.. columns, named] : columns);
        var read = inputs.OpenUnchecked(cursor, columns);
        var readClass = label is { } found ? generator.Label!.Open(cursor, found) : null;
        while (cursor.MoveNext())
        {
            read(row);
            values.AddRange(row);
            if (readClass != null)
                classes.Add(readClass());
        }
        return new([.. values], [.. classes]);
    }

    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    public GivenRows Checked(TableColumns inputs)
    {
        for (var row = 0; row * inputs.Size < Values.Length; row++)
        {
            try
            {
                FeatureScaler.CheckFinite(Values.AsSpan(row * inputs.Size, inputs.Size), row);
            }
            catch (InvalidRowException e)
            {
                throw inputs.Explain(e);
            }
        }
        return this;
    }
}

/// <summary>Rows that are there already.</summary>
sealed class StoredRows(GivenRows rows, int size) : IRowBlocks
{
    public void Fill(long first, int count, Span<int> classes, Span<float> values)
    {
        // A block may reach beyond the last row; nobody reads that part.
        var (from, length) = ((int)first, Math.Min(count, rows.Values.Length / size - (int)first));
        rows.Values.AsSpan(from * size, length * size).CopyTo(values);
        if (rows.Classes.Length > 0)
            rows.Classes.AsSpan(from, length).CopyTo(classes);
    }
}

/// <summary>Ways between latent vectors.</summary>
static class LatentPaths
{
    /// <summary>A vector on the way from one to another.</summary>
    /// <param name="path">The way.</param>
    /// <param name="from">At share 0.</param>
    /// <param name="to">At share 1.</param>
    /// <param name="share">0 to 1.</param>
    /// <param name="destination">The vector.</param>
    public static void Between(this LatentPath path, ReadOnlySpan<float> from, ReadOnlySpan<float> to, double share, Span<float> destination)
    {
        var (first, second) = (1 - share, share);
        var cosine = path == LatentPath.Spherical ? TensorPrimitives.Dot(from, to) / ((double)TensorPrimitives.Norm(from) * TensorPrimitives.Norm(to)) : 1;
        // Parallel vectors, and those of length 0, have no circle: the straight way is the limit.
        if (Math.Abs(cosine) < 0.9999)
        {
            var angle = Math.Acos(cosine);
            (first, second) = (Math.Sin((1 - share) * angle) / Math.Sin(angle), Math.Sin(share * angle) / Math.Sin(angle));
        }
        for (var i = 0; i < destination.Length; i++)
            destination[i] = (float)(first * from[i] + second * to[i]);
    }
}
