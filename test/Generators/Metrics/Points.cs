namespace Extensions.ML.Generators.Tests;

/// <summary>Points for tests, always the same for the same arguments.</summary>
static class Points
{
    /// <summary>Rows of a standard normal distribution, all moved by the same.</summary>
    public static FeatureMatrix Normal(int rows, int width, int seed, params float[] shift)
    {
        var values = Normals(rows * width, seed);
        for (int i = 0; i < values.Length && shift.Length > 0; i++) values[i] += shift[i % width];
        return new FeatureMatrix(values, width);
    }

    /// <summary>Rows whose features go together, around a centre far from 0.</summary>
    public static FeatureMatrix Mixed(int rows, int width, int seed, int mixing)
    {
        var (hidden, mix) = (Normals(rows * width, seed), Normals(width * width, mixing));
        var values = new float[rows * width];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < width; c++)
                values[r * width + c] = 10 + mixing + Enumerable.Range(0, width).Sum(k => hidden[r * width + k] * mix[k * width + c]);
        return new FeatureMatrix(values, width);
    }

    public static float[] Normals(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    public static (string, double[], int) As(this FeatureMatrix points, string name) =>
        (name, [.. Rows(points).SelectMany(row => row).Select(value => (double)value)], points.Width);

    public static float[][] Rows(FeatureMatrix points) => [.. Enumerable.Range(0, points.Count).Select(row => points[row].ToArray())];

    /// <summary>The same rows in another order.</summary>
    public static FeatureMatrix Reversed(FeatureMatrix points) => new([.. Rows(points).Reverse().SelectMany(row => row)], points.Width);

    /// <summary>All rows of both.</summary>
    public static FeatureMatrix Joined(FeatureMatrix a, FeatureMatrix b) => new([.. Rows(a).Concat(Rows(b)).SelectMany(row => row)], a.Width);
}
