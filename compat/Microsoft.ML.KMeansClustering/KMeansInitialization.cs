using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>The choice of the first centroids among the rows. Random streams and rounding are ML.NET's (of one thread).</summary>
static class KMeansInitialization
{
    /// <summary>Squared distances up to this are those of the same point.</summary>
    const float SamePoint = 1e-15f;

    /// <summary>Below this number of clusters the parallel method takes one point a round, which makes it k-means++.</summary>
    const int FewClusters = 60;

    /// <summary>k-means++: each centroid is drawn with the probability of its squared distance to those before (Arthur and Vassilvitskii, 2007).</summary>
    public static float[][] PlusPlus(IHost host, List<float[]> rows, List<float> weights, int k)
    {
        var centroids = new Centroids(k);
        for (var i = 0; i < k; i++)
        {
            host.CheckAlive();
            float[] candidate = null;
            double cumulative = 0;
            for (var row = 0; row < rows.Count; row++)
            {
                var distance = i == 0 ? 1 : centroids.SquaredDistance(rows[row]);
                if (!(distance > 0))
                    continue;
                distance *= weights[row];
                cumulative += distance;
                if (distance > SamePoint && host.Rand.NextSingle() < distance / cumulative)
                    candidate = rows[row];
            }
            if (candidate is null)
                throw host.Except("Not enough distinct instances to populate {0} clusters (only found {1} distinct instances)", k, i);
            centroids.Add(candidate);
        }
        return centroids.ToArray();
    }

    /// <summary>Different rows, each as likely as another.</summary>
    public static float[][] AtRandom(IHost host, List<float[]> rows, int k)
        => [.. Sample(host, rows, k, _ => 1).Select(row => (float[])row.Clone())];

    /// <summary>
    /// k-means|| (Bahmani et al., VLDB 2012): rounds of oversampling by squared distance, then k-means++ on the sample, where each
    /// point weighs as much as the rows nearest to it.
    /// </summary>
    public static float[][] Parallel(IHost host, List<float[]> rows, int k)
    {
        var (rounds, perRound) = k < FewClusters ? (k - 1, 1) : (5, 2 * k);
        var chosen = new Centroids(rounds * perRound + 1);
        chosen.Add(Sample(host, rows, 1, _ => 1)[0]);
        var distances = new float[rows.Count];
        Array.Fill(distances, float.MaxValue);
        var news = 0;
        for (var round = 0; round < rounds; round++)
        {
            host.CheckAlive();
            var sample = Sample(host, rows, perRound, row =>
            {
                // Less the square of the row itself, which is the same for all centroids.
                distances[row] = Math.Min(distances[row], chosen.PartialDistance(rows[row], news));
                return Math.Max(0, distances[row] + TensorPrimitives.SumOfSquares<float>(rows[row]));
            });
            news = chosen.Count;
            foreach (var row in sample)
                chosen.Add(row);
        }

        var weights = new float[chosen.Count];
        RandomUtils.Create(host.Rand); // for the pass that counts, which draws nothing
        foreach (var row in rows)
            weights[chosen.Nearest(row)]++;
        if (chosen.Count == k)
            return chosen.ToArray();
        var used = Enumerable.Range(0, chosen.Count).Where(i => weights[i] > 0).ToList();
        return PlusPlus(host, [.. used.Select(i => chosen[i])], [.. used.Select(i => weights[i])], k);
    }

    /// <summary>A weighted sample without replacement (Efraimidis and Spirakis, IPL 97, 2006), the highest keys last.</summary>
    static List<float[]> Sample(IHost host, List<float[]> rows, int count, Func<int, float> weight)
    {
        var random = RandomUtils.Create(host.Rand);
        var lowestFirst = new BinaryHeap<(double Key, float[] Row)>((x, y) => x.Key < y.Key);
        for (var row = 0; row < rows.Count; row++)
        {
            var w = weight(row);
            if (w <= SamePoint)
                continue;
            var key = Math.Log(random.NextDouble()) / w;
            if (lowestFirst.Count == count)
            {
                if (key <= lowestFirst.Top.Key)
                    continue;
                lowestFirst.Pop();
            }
            lowestFirst.Add((key, rows[row]));
        }
        if (lowestFirst.Count != count)
            throw host.Except("Failed to initialize clusters: too few examples");
        var sample = new List<float[]>();
        while (lowestFirst.Count > 0)
            sample.Add(lowestFirst.Pop().Row);
        return sample;
    }

    /// <summary>A growing set of points with their squares.</summary>
    sealed class Centroids(int capacity)
    {
        readonly float[][] _points = new float[capacity][];
        readonly float[] _squares = new float[capacity];

        public int Count { get; private set; }

        public float[] this[int index] => _points[index];

        public void Add(float[] point)
        {
            _points[Count] = point;
            _squares[Count++] = TensorPrimitives.SumOfSquares<float>(point);
        }

        public float[][] ToArray() => Array.ConvertAll(_points, point => (float[])point.Clone());

        public float SquaredDistance(float[] row)
        {
            var square = TensorPrimitives.SumOfSquares<float>(row);
            var least = float.PositiveInfinity;
            for (var i = 0; i < Count; i++)
                least = Math.Min(least, -2 * TensorPrimitives.Dot<float>(row, _points[i]) + square + _squares[i]);
            return least;
        }

        /// <summary>The least of distance² - row² over the points from an index on.</summary>
        public float PartialDistance(float[] row, int from)
        {
            var least = float.PositiveInfinity;
            for (var i = from; i < Count; i++)
                least = Math.Min(least, Partial(row, i));
            return least;
        }

        public int Nearest(float[] row)
        {
            var (least, nearest) = (float.PositiveInfinity, 0);
            for (var i = 0; i < Count; i++)
                if (Partial(row, i) is var distance && distance <= least)
                    (least, nearest) = (distance, i);
            return nearest;
        }

        float Partial(float[] row, int i) => -2 * TensorPrimitives.Dot<float>(row, _points[i]) + _squares[i];
    }
}
