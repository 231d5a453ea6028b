namespace Samples.Maps;

/// <summary>
/// A map of points in two dimensions that keeps neighbours together (van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9,
/// 2008). Exact, so for some thousands of points at most: time and memory grow with the square of their number. Distances between
/// clusters, their sizes and the axes mean little.
/// </summary>
public static class TSne
{
    const int EarlySteps = 250;
    const float EarlyExaggeration = 12;

    /// <param name="points">Of equal width.</param>
    /// <param name="perplexity">About how many neighbours each point has; reduced where there are fewer than three times as many points.</param>
    /// <param name="seed">Of the tiny shifts that part points which would start in the same place.</param>
    /// <returns>A place for each point. The same points and seed give the same places.</returns>
    public static (double X, double Y)[] Map(IReadOnlyList<float[]> points, double perplexity = 30, int steps = 750, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Count, 4, nameof(points));
        ArgumentOutOfRangeException.ThrowIfLessThan(perplexity, 1);
        var n = points.Count;
        var objective = new TSneObjective(Neighbourhoods.Of(points, Math.Min(perplexity, (n - 1) / 3.0)), n);
        var (x, y) = Start(points, seed);

        // Momentum, gains and early exaggeration as in section 3.4; the step width as Belkina et al. 2019 advise.
        var rate = Math.Max(n / EarlyExaggeration / 4, 50);
        var (gradientX, gradientY) = (new float[n], new float[n]);
        var (alongX, alongY) = (new Momentum(n), new Momentum(n));
        for (var step = 0; step < steps; step++)
        {
            var early = step < Math.Min(EarlySteps, steps / 2);
            objective.Gradient(x, y, early ? EarlyExaggeration : 1, gradientX, gradientY);
            alongX.Move(x, gradientX, rate, early ? 0.5f : 0.8f);
            alongY.Move(y, gradientY, rate, early ? 0.5f : 0.8f);
        }
        return [.. x.Zip(y, (a, b) => ((double)a, (double)b))];
    }

    /// <summary>The first two principal components, very small (Kobak and Berens 2019): what lies far apart starts on different sides.</summary>
    static (float[] X, float[] Y) Start(IReadOnlyList<float[]> points, int seed)
    {
        var places = PrincipalComponents.Of(points).Places;
        var scale = 1e-4 / (Math.Sqrt(places.Average(place => place.X * place.X)) + 1e-30);
        var random = new Random(seed);
        float Near(double value) => (float)(value * scale + (random.NextDouble() - 0.5) * 1e-6);
        var start = places.Select(place => (X: Near(place.X), Y: Near(place.Y))).ToArray();
        return ([.. start.Select(place => place.X)], [.. start.Select(place => place.Y)]);
    }

    /// <summary>Gradient descent along one axis; a coordinate's gain grows while its gradient keeps its sign (Jacobs 1988).</summary>
    sealed class Momentum(int count)
    {
        readonly float[] speed = new float[count];
        readonly float[] gain = [.. Enumerable.Repeat(1f, count)];

        public void Move(float[] place, float[] gradient, float rate, float momentum)
        {
            for (var i = 0; i < place.Length; i++)
            {
                gain[i] = Math.Max(0.01f, gradient[i] * speed[i] > 0 ? gain[i] * 0.8f : gain[i] + 0.2f);
                speed[i] = momentum * speed[i] - rate * gain[i] * gradient[i];
                place[i] += speed[i];
            }
        }
    }
}
