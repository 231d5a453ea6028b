namespace Samples.Maps;

/// <summary>The two directions in which points are spread most, and where the points lie along them (Pearson 1901, Hotelling 1933).</summary>
/// <param name="Places">Of each point, measured from the mean of all.</param>
/// <param name="Shares">Of the two directions in the variance of the points, from 0 to 1.</param>
public sealed record PrincipalComponents(IReadOnlyList<(double X, double Y)> Places, (double X, double Y) Shares)
{
    /// <param name="points">Of equal width.</param>
    public static PrincipalComponents Of(IReadOnlyList<float[]> points)
    {
        var width = points[0].Length;
        var mean = new double[width];
        foreach (var point in points)
            for (var i = 0; i < width; i++)
                mean[i] += point[i] / (double)points.Count;
        var centred = points.Select(point => point.Select((value, i) => value - mean[i]).ToArray()).ToArray();
        var variance = centred.Sum(row => Dot(row, row));

        var first = Direction(centred, []);
        var second = Direction(centred, first);
        var places = centred.Select(row => (X: Dot(row, first), Y: Dot(row, second))).ToArray();
        double Share(Func<(double X, double Y), double> along) => variance == 0 ? 0 : places.Sum(place => along(place) * along(place)) / variance;
        return new(places, (Share(place => place.X), Share(place => place.Y)));
    }

    /// <summary>The strongest direction at a right angle to another, by power iteration; its largest part is positive.</summary>
    static double[] Direction(double[][] rows, double[] without)
    {
        var width = rows[0].Length;
        // A start that no natural data are orthogonal to; the same each time.
        var direction = Enumerable.Range(0, width).Select(i => 1 + Math.Sin(i * 12.9898) * 0.5).ToArray();
        for (var step = 0; step < 300; step++)
        {
            var next = new double[width];
            foreach (var row in rows)
            {
                var along = Dot(row, direction);
                for (var i = 0; i < width; i++)
                    next[i] += along * row[i];
            }
            var spread = Math.Sqrt(Dot(next, next));
            if (without.Length > 0 && Dot(next, without) is var overlap)
                for (var i = 0; i < width; i++)
                    next[i] -= overlap * without[i];
            var length = Math.Sqrt(Dot(next, next));
            // Nothing is left but rounding: the points lie on a line.
            if (length <= 1e-10 * spread)
                return new double[width];
            var change = 0.0;
            for (var i = 0; i < width; i++)
            {
                next[i] /= length;
                change += Math.Abs(next[i] - direction[i]);
            }
            direction = next;
            if (change < 1e-9)
                break;
        }
        var sign = Math.Sign(direction.MaxBy(Math.Abs));
        return Array.ConvertAll(direction, part => part * sign);
    }

    static double Dot(double[] a, double[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(a, b);
}
