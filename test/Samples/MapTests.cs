using Samples.Maps;

namespace Samples.Tests;

[TestClass]
public sealed class MapTests
{
    static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

    /// <summary>Balls of unit width around corners of a cube, so many to each.</summary>
    static (float[][] Points, int[] Labels) Clusters(int clusters, int each, double distance, int seed = 4, int width = 10)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, clusters * each).Select(i => i % clusters).ToArray();
        var points = labels.Select(label => Enumerable.Range(0, width)
            .Select(i => (float)(Gaussian(random) + (i == label ? distance : 0))).ToArray()).ToArray();
        return (points, labels);
    }

    [TestMethod]
    public void NeighbourhoodsAreADistributionOfTheAskedPerplexity()
    {
        const int n = 60;
        const double perplexity = 12;
        // Points evenly on a circle: every conditional row is the same, so p = p_j|i / n and the joint rows show the perplexity.
        var points = Enumerable.Range(0, n).Select(i => new[] { (float)Math.Cos(Math.Tau * i / n), (float)Math.Sin(Math.Tau * i / n) }).ToArray();
        var joint = Neighbourhoods.Of(points, perplexity);
        Assert.AreEqual(1, joint.Sum(p => (double)p), 1e-5);
        for (var i = 0; i < n; i++)
        {
            Assert.AreEqual(0, joint[i * n + i]);
            var entropy = 0.0;
            for (var j = 0; j < n; j++)
            {
                Assert.AreEqual(joint[i * n + j], joint[j * n + i]);
                if (joint[i * n + j] * n is var p and > 0)
                    entropy -= p * Math.Log(p);
            }
            Assert.AreEqual(perplexity, Math.Exp(entropy), 0.01);
        }
    }

    [TestMethod]
    public void TheGradientIsThatOfTheCost()
    {
        // 21 points: some fill whole vectors of the processor, some do not.
        var (points, _) = Clusters(3, 7, 4);
        var n = points.Length;
        var objective = new TSneObjective(Neighbourhoods.Of(points, 5), n);
        var random = new Random(2);
        float[][] place = [.. Enumerable.Range(0, 2).Select(_ => Enumerable.Range(0, n).Select(_ => (float)(2 * Gaussian(random))).ToArray())];
        float[][] gradient = [new float[n], new float[n]];
        objective.Gradient(place[0], place[1], 1, gradient[0], gradient[1]);
        const float h = 1 / 256f; // exact in binary
        for (var axis = 0; axis < 2; axis++)
            for (var i = 0; i < n; i++)
            {
                double At(float shift)
                {
                    var moved = place[axis].ToArray();
                    moved[i] += shift;
                    return axis == 0 ? objective.Cost(moved, place[1]) : objective.Cost(place[0], moved);
                }
                var expected = (At(h) - At(-h)) / (2 * h);
                Assert.AreEqual(expected, gradient[axis][i], 1e-5 + 1e-3 * Math.Abs(expected), $"axis {axis}, point {i}");
            }
    }

    [TestMethod]
    public void ClustersStayTogetherAndThePointsOfEachAreNearest()
    {
        var (points, labels) = Clusters(5, 40, 8);
        var map = TSne.Map(points, perplexity: 20, steps: 500);
        for (var i = 0; i < map.Length; i++)
        {
            double Distance(int j) => Math.Pow(map[i].X - map[j].X, 2) + Math.Pow(map[i].Y - map[j].Y, 2);
            var nearest = Enumerable.Range(0, map.Length).Where(j => j != i).OrderBy(Distance).Take(10);
            Assert.IsTrue(nearest.All(j => labels[j] == labels[i]), $"point {i}");
        }
    }

    [TestMethod]
    public void TheMapLowersTheCostFarBelowThatOfItsStart()
    {
        var (points, _) = Clusters(4, 25, 6);
        var objective = new TSneObjective(Neighbourhoods.Of(points, 15), points.Length);
        var map = TSne.Map(points, perplexity: 15, steps: 500);
        var flat = objective.Cost(new float[points.Length], new float[points.Length]);
        var reached = objective.Cost([.. map.Select(p => (float)p.X)], [.. map.Select(p => (float)p.Y)]);
        Assert.IsLessThan(flat / 2, reached);
    }

    [TestMethod]
    public void TheSameSeedGivesTheSameMap()
    {
        var (points, _) = Clusters(3, 20, 5);
        CollectionAssert.AreEqual(TSne.Map(points, steps: 100, seed: 7), TSne.Map(points, steps: 100, seed: 7));
        CollectionAssert.AreNotEqual(TSne.Map(points, steps: 100, seed: 7), TSne.Map(points, steps: 100, seed: 8));
    }

    [TestMethod]
    public void EqualPointsAndOneLineAreNoTrouble()
    {
        Assert.IsTrue(TSne.Map([.. Enumerable.Repeat(new float[] { 1, 2 }, 12)], steps: 60).All(p => double.IsFinite(p.X + p.Y)));
        var line = TSne.Map([.. Enumerable.Range(0, 40).Select(i => new float[] { i })], perplexity: 5, steps: 300);
        Assert.IsTrue(line.All(p => double.IsFinite(p.X + p.Y)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TSne.Map([[1f], [2f]]));
    }

    [TestMethod]
    public void PrincipalComponentsFindTheAxesOfATurnedEllipse()
    {
        // Along (3, 4) / 5 with standard deviation 3, across with 1, nothing in the third direction; mean (10, -5, 2).
        var random = new Random(3);
        var inner = Enumerable.Range(0, 20_000).Select(_ => (Along: 3 * Gaussian(random), Across: Gaussian(random))).ToArray();
        var points = inner.Select(p => new[] { (float)(10 + 0.6 * p.Along - 0.8 * p.Across), (float)(-5 + 0.8 * p.Along + 0.6 * p.Across), 2f }).ToArray();
        var components = PrincipalComponents.Of(points);
        Assert.AreEqual(0.9, components.Shares.X, 0.01);
        Assert.AreEqual(0.1, components.Shares.Y, 0.01);
        for (var i = 0; i < 100; i++)
        {
            Assert.AreEqual(inner[i].Along, components.Places[i].X, 0.1);
            Assert.AreEqual(Math.Abs(inner[i].Across), Math.Abs(components.Places[i].Y), 0.1);
        }
        // The places lose nothing of two-dimensional data.
        var variance = components.Places.Average(p => p.X * p.X + p.Y * p.Y);
        Assert.AreEqual(10, variance, 0.2);
    }
}
