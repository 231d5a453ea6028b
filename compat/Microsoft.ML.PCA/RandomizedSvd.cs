using System;
using System.Numerics.Tensors;

namespace Microsoft.ML.Trainers;

/// <summary>
/// The leading eigenvectors of the covariance of rows, by the randomised range finder with one power step of
/// Halko, Martinsson and Tropp, "Finding structure with randomness" (SIAM Review 53, 2011), algorithms 4.1 and 5.3.
/// The rows are read twice and never held.
/// </summary>
/// <remarks>
/// Stream of random numbers, order of operations and precision are those of ML.NET, so that the same seed gives the same
/// components, signs included. One of its habits is kept with them: the mean is not cleared before the second pass, so that
/// it comes out larger by 1/n of itself.
/// </remarks>
sealed class RandomizedSvd
{
    /// <summary>Takes one row [dimension] and its weight.</summary>
    public delegate void RowConsumer(ReadOnlySpan<float> row, float weight);

    /// <summary>Makes one pass: hands every usable row to the consumer.</summary>
    public delegate void RowSource(RowConsumer consume);

    /// <summary>Eigenvectors, by falling eigenvalue: [min(rank + oversampling, dimension)][dimension].</summary>
    public float[][] Components { get; }

    /// <summary>The mean row [dimension], null where the rows were not centred.</summary>
    public float[] Mean { get; }

    RandomizedSvd(float[][] components, float[] mean)
    {
        Components = components;
        Mean = mean;
    }

    /// <summary>Learns the components from two passes over the rows.</summary>
    /// <exception cref="InvalidOperationException">There is no row of positive weight.</exception>
    public static RandomizedSvd Fit(int dimension, int rank, int oversampling, bool ensureZeroMean, Random random, RowSource rows)
    {
        var size = Math.Min(rank + oversampling, dimension);
        var mean = ensureZeroMean ? new float[dimension] : null;

        var omega = GaussianMatrix(size, dimension, random);
        var basis = MultiplyByCovariance(omega, mean, rows);
        Orthonormalize(basis);
        var image = MultiplyByCovariance(basis, mean, rows);

        var gram = new float[size * size];
        for (var i = 0; i < size; i++)
            for (var j = i; j < size; j++)
                gram[i * size + j] = gram[j * size + i] = TensorPrimitives.Dot<float>(image[i], image[j]);
        var (eigenvalues, eigenvectors) = SymmetricEigen.Decompose(gram, size);
        RotateInPlace(image, eigenvalues, eigenvectors);
        return new RandomizedSvd(image, mean);
    }

    static float[][] GaussianMatrix(int rows, int columns, Random random)
    {
        var matrix = new float[rows][];
        for (var i = 0; i < rows; i++)
        {
            matrix[i] = new float[columns];
            for (var j = 0; j < columns; j++)
                matrix[i][j] = (float)SampleGaussian(random);
        }
        return matrix;
    }

    /// <summary>Leva's ratio-of-uniforms method (ACM TOMS 18, 1992, algorithm 712).</summary>
    static double SampleGaussian(Random random)
    {
        var vScale = 2 * Math.Sqrt(2 / Math.E);
        double u, v, q;
        do
        {
            u = random.NextDouble();
            v = vScale * (random.NextDouble() - 0.5);
            var x = u - 0.449871;
            var y = Math.Abs(v) + 0.386595;
            q = x * x + y * (0.19600 * y - 0.25472 * x);
        }
        while (q > 0.27597 && (q > 0.27846 || v * v > -4 * u * u * Math.Log(u)));
        return v / u;
    }

    /// <summary>One pass: directions [k][d] times the covariance X'X/n, without forming it. Adds to the mean on the way.</summary>
    static float[][] MultiplyByCovariance(float[][] directions, float[] mean, RowSource rows)
    {
        var products = new float[directions.Length][];
        for (var i = 0; i < products.Length; i++)
            products[i] = new float[directions[i].Length];

        double total = 0;
        rows((row, weight) =>
        {
            total += weight;
            if (mean != null)
                TensorPrimitives.MultiplyAdd(row, weight, mean, mean);
            for (var i = 0; i < directions.Length; i++)
                TensorPrimitives.MultiplyAdd(row, weight * TensorPrimitives.Dot(row, directions[i]), products[i], products[i]);
        });
        if (!(total > 0))
            throw new InvalidOperationException("Empty training data");

        var scale = 1 / (float)total;
        foreach (var product in products)
            TensorPrimitives.Multiply(product, scale, product);
        if (mean == null)
            return products;

        TensorPrimitives.Multiply(mean, scale, mean);
        for (var i = 0; i < directions.Length; i++)
            TensorPrimitives.MultiplyAdd(mean, -TensorPrimitives.Dot<float>(directions[i], mean), products[i], products[i]);
        return products;
    }

    /// <summary>Modified Gram-Schmidt on the rows.</summary>
    static void Orthonormalize(float[][] rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.Multiply(rows[i], 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(rows[i])), rows[i]);
            for (var j = i + 1; j < rows.Length; j++)
                TensorPrimitives.MultiplyAdd(rows[i], -TensorPrimitives.Dot<float>(rows[i], rows[j]), rows[j], rows[j]);
        }
    }

    /// <summary>Turns the image of the basis into eigenvectors: component j is the mix of the rows by small eigenvector j, over its length.</summary>
    static void RotateInPlace(float[][] image, float[] squaredLengths, float[][] eigenvectors)
    {
        var size = image.Length;
        var inverse = new float[size];
        for (var i = 0; i < size; i++)
            inverse[i] = 1 / (1e-6f + (squaredLengths[i] <= 0 ? 0 : (float)Math.Sqrt(squaredLengths[i])));

        var column = new float[size];
        for (var d = 0; d < image[0].Length; d++)
        {
            for (var j = 0; j < size; j++)
            {
                column[j] = 0;
                for (var l = 0; l < size; l++)
                    column[j] += image[l][d] * eigenvectors[j][l];
            }
            for (var j = 0; j < size; j++)
                image[j][d] = inverse[j] * column[j];
        }
    }
}
