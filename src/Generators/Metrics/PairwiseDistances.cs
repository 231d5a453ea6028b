using System.Runtime.InteropServices;
using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>
/// Squared Euclidean distances, or inner products, of all pairs of rows of two samples. They come row by row out of products of blocks, so
/// that memory stays at some tens of megabytes for samples of any size; in float64, so that a row's distance to its own copy is 0.
/// </summary>
static class PairwiseDistances
{
    /// <summary>Values that a block may hold: 16 MB of float64, which the cores' caches share.</summary>
    const int BlockValues = 1 << 21;

    /// <summary>Squared distances below this share of the squared norms are rounding errors: the rows are the same.</summary>
    const double RoundingError = 1e-12;

    /// <summary>Receives one row's values with rows of the other sample.</summary>
    /// <param name="row">The row of the first sample.</param>
    /// <param name="values">One value for each row of the second; to be read or overwritten.</param>
    public delegate void RowVisitor(int row, Span<double> values);

    /// <summary>Visits <c>‖a_i - b_j‖²</c> for all i and j.</summary>
    /// <param name="a">[rows, features], float64.</param>
    /// <param name="b">[other rows, features], float64.</param>
    /// <param name="visit">Is given the rows of <paramref name="a"/> in order.</param>
    public static void Squared(Tensor a, Tensor b, RowVisitor visit)
    {
        using var scope = NewDisposeScope();
        (a, b) = Centre(a, b);
        var (aNorms, bNorms) = (SquaredNorms(a), SquaredNorms(b));
        VisitProducts(a, b, within: false, (row, values) =>
        {
            ToDistances(values, aNorms[row], bNorms);
            visit(row, values);
        });
    }

    /// <summary>Visits <c>‖a_i - a_j‖²</c> for all i and j &gt; i: each pair once.</summary>
    /// <param name="a">[rows, features], float64.</param>
    /// <param name="visit">Is given the distances of row i to the rows behind it.</param>
    public static void SquaredWithin(Tensor a, RowVisitor visit)
    {
        using var scope = NewDisposeScope();
        (a, _) = Centre(a, a);
        var norms = SquaredNorms(a);
        VisitProducts(a, a, within: true, (row, values) =>
        {
            ToDistances(values, norms[row], norms.AsSpan(row + 1));
            visit(row, values);
        });
    }

    /// <summary>Visits <c>a_i · b_j</c>.</summary>
    /// <param name="a">[rows, features], float64.</param>
    /// <param name="b">[other rows, features], float64.</param>
    /// <param name="within">Whether both are the same rows and only the pairs j &gt; i are wanted.</param>
    /// <param name="visit">Is given the rows of <paramref name="a"/> in order.</param>
    public static void VisitProducts(Tensor a, Tensor b, bool within, RowVisitor visit)
    {
        int rows = (int)a.shape[0], others = (int)b.shape[0];
        int blockRows = Math.Max(1, BlockValues / others);
        for (int start = 0; start < rows; start += blockRows)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(blockRows, rows - start), first = within ? start : 0, width = others - first;
            var block = a.narrow(0, start, count).matmul(b.narrow(0, first, width).t());
            var values = MemoryMarshal.Cast<byte, double>(block.bytes);
            for (int i = 0; i < count; i++)
            {
                var row = values.Slice(i * width, width);
                visit(start + i, within ? row[(i + 1)..] : row);
            }
        }
    }

    // Distances do not change, and what is left of large numbers that nearly cancel is more exact.
    static (Tensor, Tensor) Centre(Tensor a, Tensor b)
    {
        var centre = (a.mean([0L]) + b.mean([0L])) / 2;
        return (a - centre, b - centre);
    }

    static double[] SquaredNorms(Tensor rows) => rows.square().sum(1).data<double>().ToArray();

    static void ToDistances(Span<double> products, double norm, ReadOnlySpan<double> norms)
    {
        for (int j = 0; j < products.Length; j++)
        {
            double norms2 = norm + norms[j], distance = norms2 - 2 * products[j];
            products[j] = distance > RoundingError * norms2 ? distance : 0;
        }
    }
}
