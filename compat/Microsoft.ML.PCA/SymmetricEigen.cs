using System;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Eigenvalues and eigenvectors of a small symmetric matrix: Householder tridiagonalisation, then implicit QL
/// (Wilkinson and Reinsch, Handbook for Automatic Computation II, contributions II/2 and II/4).
/// </summary>
/// <remarks>
/// The sign of an eigenvector hangs on the reflections chosen and on the number of QL sweeps, hence on rounding: the order of
/// operations and the places that round to Single are ML.NET's.
/// </remarks>
static class SymmetricEigen
{
    const int MaximumSweeps = 30;

    /// <summary>Decomposes a [size x size] matrix; both results are by falling eigenvalue, one eigenvector a row.</summary>
    public static (float[] Values, float[][] Vectors) Decompose(float[] matrix, int size)
    {
        var (diagonal, offDiagonal, vectors) = Tridiagonalize(matrix, size);
        DiagonalizeByQl(diagonal, offDiagonal, vectors);
        SortDescending(diagonal, vectors);
        return (diagonal, vectors);
    }

    /// <summary>T = Q'AQ. offDiagonal[i] couples i and i + 1; row j of vectors is column j of Q.</summary>
    static (float[] Diagonal, float[] OffDiagonal, float[][] Vectors) Tridiagonalize(float[] matrix, int size)
    {
        var a = new float[size][];
        for (var i = 0; i < size; i++)
            a[i] = matrix.AsSpan(i * size, size).ToArray();

        var offDiagonal = new float[size];
        var reflections = new (float[] Vector, float HalfSquare)[size];
        for (var i = size - 1; i > 0; i--)
            offDiagonal[i - 1] = Reflect(a, i, out reflections[i]);

        var columns = new float[size][];
        var diagonal = new float[size];
        for (var i = 0; i < size; i++)
        {
            (columns[i] = new float[size])[i] = 1;
            diagonal[i] = a[i][i];
        }
        for (var i = 2; i < size; i++)
        {
            var (u, half) = reflections[i];
            if (u == null)
                continue;
            for (var j = 0; j < i; j++)
            {
                double dot = 0;
                for (var k = 0; k < i; k++)
                    dot += u[k] * columns[j][k];
                for (var k = 0; k < i; k++)
                    columns[j][k] = (float)(columns[j][k] - dot * (u[k] / half));
            }
        }
        return (diagonal, offDiagonal, columns);
    }

    /// <summary>Reflects row i onto its element i - 1, which keeps its sign, and returns that element; u = 0 where it is there already.</summary>
    static float Reflect(float[][] a, int i, out (float[] Vector, float HalfSquare) reflection)
    {
        reflection = default;
        var last = a[i][i - 1];
        double scale = 0;
        for (var k = 0; k < i; k++)
            scale += Math.Abs(a[i][k]);
        if (i == 1 || scale == Math.Abs(last))
            return last;

        var u = new float[i];
        double square = 0;
        for (var k = 0; k < i; k++)
        {
            u[k] = (float)(a[i][k] / scale);
            square += u[k] * u[k];
        }
        double f = u[i - 1];
        double target = Math.CopySign((float)Math.Sqrt(square), f);
        var half = square - f * target;
        u[i - 1] = (float)(f - target);
        reflection = (u, (float)half);

        // p = Au / half, from the lower triangle only.
        var p = new float[i];
        for (var j = 0; j < i; j++)
        {
            double sum = p[j];
            sum += a[j][j] * (double)u[j];
            for (var k = j + 1; k < i; k++)
            {
                sum += a[k][j] * u[k];
                p[k] = (float)(p[k] + a[k][j] * (double)u[j]);
            }
            p[j] = (float)sum;
        }
        double up = 0;
        for (var j = 0; j < i; j++)
        {
            p[j] = (float)(p[j] / half);
            up += p[j] * u[j];
        }
        for (var j = 0; j < i; j++)
            p[j] = (float)(p[j] - up / (half + half) * u[j]);
        for (var j = 0; j < i; j++)
            for (var k = j; k < i; k++)
                a[k][j] = (float)(a[k][j] - (double)u[j] * p[k] - (double)p[j] * u[k]);
        return (float)(scale * target);
    }

    static void DiagonalizeByQl(float[] d, float[] e, float[][] vectors)
    {
        for (var l = 0; l < d.Length; l++)
        {
            for (var sweep = 0; ; sweep++)
            {
                var m = l;
                while (m + 1 < d.Length)
                {
                    var scale = Math.Abs(d[m]) + Math.Abs(d[m + 1]);
                    if (scale + Math.Abs(e[m]) == scale)
                        break;
                    m++;
                }
                if (m == l)
                    break;
                if (sweep == MaximumSweeps)
                    return;
                Sweep(d, e, vectors, l, m);
            }
        }
    }

    /// <summary>One implicit QL step with Wilkinson's shift on the block l..m.</summary>
    static void Sweep(float[] d, float[] e, float[][] vectors, int l, int m)
    {
        var g = (d[l + 1] - d[l]) / (e[l] * 2);
        var r = Hypotenuse(g, 1);
        g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r));
        float s = 1, c = 1, p = 0;
        for (var i = m - 1; i >= l; i--)
        {
            var f = s * e[i];
            var b = c * e[i];
            r = Hypotenuse(f, g);
            e[i + 1] = r;
            if (r == 0)
            {
                // Underflow: the block splits here.
                d[i + 1] -= p;
                e[m] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + c * 2 * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            for (var k = 0; k < d.Length; k++)
            {
                f = vectors[i + 1][k];
                vectors[i + 1][k] = s * vectors[i][k] + c * f;
                vectors[i][k] = c * vectors[i][k] - s * f;
            }
        }
        d[l] -= p;
        e[l] = g;
        e[m] = 0;
    }

    static float Hypotenuse(float x, float y)
    {
        x = Math.Abs(x);
        y = Math.Abs(y);
        var (large, small) = x < y ? (y, x) : (x, y);
        if (small == 0)
            return large;
        var ratio = small / large;
        return large * (float)Math.Sqrt(1 + ratio * ratio);
    }

    static void SortDescending(float[] values, float[][] vectors)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(order, (x, y) => values[y] != values[x] ? values[y].CompareTo(values[x]) : x.CompareTo(y));
        var (oldValues, oldVectors) = ((float[])values.Clone(), (float[][])vectors.Clone());
        for (var i = 0; i < order.Length; i++)
            (values[i], vectors[i]) = (oldValues[order[i]], oldVectors[order[i]]);
    }
}
