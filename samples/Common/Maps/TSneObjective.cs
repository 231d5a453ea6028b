using System.Numerics;

namespace Samples.Maps;

/// <summary>
/// What t-SNE minimises, and its gradient (van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 9, 2008): the
/// Kullback-Leibler divergence of the neighbourhoods in the map, q_ij of equation 4, from those of the points.
/// </summary>
/// <param name="neighbours">[n x n], as <see cref="Neighbourhoods"/> gives it.</param>
public sealed class TSneObjective(float[] neighbours, int count)
{
    readonly double[] sums = new double[count];
    readonly float[] attractionX = new float[count], attractionY = new float[count], repulsionX = new float[count], repulsionY = new float[count];

    /// <summary>KL(P || Q), equation 2 with the q of equation 4.</summary>
    public double Cost(float[] x, float[] y)
    {
        double Closeness(int i, int j) =>
            1 / (1 + Math.Pow((double)x[i] - x[j], 2) + Math.Pow((double)y[i] - y[j], 2));
        var (total, cost) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++)
                total += i == j ? 0 : Closeness(i, j);
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++)
                if (i != j && neighbours[i * count + j] is var p and > 0)
                    cost += p * Math.Log(p / (Closeness(i, j) / total));
        return cost;
    }

    /// <summary>
    /// Equation 5: dC/dy_i = 4 sum_j (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2), exactly, over all pairs. Each point is summed up
    /// on one thread in a fixed order, so the result does not depend on how many threads there are.
    /// </summary>
    /// <param name="exaggeration">A factor on p that pulls clusters together early on; 1 gives the gradient itself.</param>
    public void Gradient(float[] x, float[] y, float exaggeration, float[] gradientX, float[] gradientY)
    {
        Parallel.For(0, count, i => Pull(i, x, y));
        var total = (float)sums.Sum();
        for (var i = 0; i < count; i++)
        {
            gradientX[i] = 4 * (exaggeration * attractionX[i] - repulsionX[i] / total);
            gradientY[i] = 4 * (exaggeration * attractionY[i] - repulsionY[i] / total);
        }
    }

    /// <summary>What all others do to one point: the parts of equation 5 with p, and with q before its division by the sum of all.</summary>
    void Pull(int i, float[] x, float[] y)
    {
        var (hereX, hereY) = (new Vector<float>(x[i]), new Vector<float>(y[i]));
        Vector<float> sum = default, toX = default, toY = default, fromX = default, fromY = default;
        var row = neighbours.AsSpan(i * count, count);
        var j = 0;
        for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
        {
            var (awayX, awayY) = (hereX - new Vector<float>(x, j), hereY - new Vector<float>(y, j));
            var closeness = Vector<float>.One / (Vector<float>.One + awayX * awayX + awayY * awayY);
            var pull = new Vector<float>(row[j..]) * closeness;
            var push = closeness * closeness;
            sum += closeness;
            (toX, toY) = (toX + pull * awayX, toY + pull * awayY);
            (fromX, fromY) = (fromX + push * awayX, fromY + push * awayY);
        }
        var (s, tx, ty, fx, fy) = ((double)Vector.Sum(sum), Vector.Sum(toX), Vector.Sum(toY), Vector.Sum(fromX), Vector.Sum(fromY));
        for (; j < count; j++)
        {
            var (awayX, awayY) = (x[i] - x[j], y[i] - y[j]);
            var closeness = 1 / (1 + awayX * awayX + awayY * awayY);
            s += closeness;
            tx += row[j] * closeness * awayX;
            ty += row[j] * closeness * awayY;
            fx += closeness * closeness * awayX;
            fy += closeness * closeness * awayY;
        }
        // The point itself was counted, at distance 0.
        (sums[i], attractionX[i], attractionY[i], repulsionX[i], repulsionY[i]) = (s - 1, tx, ty, fx, fy);
    }
}
