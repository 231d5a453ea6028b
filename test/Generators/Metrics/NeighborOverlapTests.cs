namespace Extensions.ML.Generators.Tests;

[TestClass]
public class NeighborOverlapTests
{
    [TestMethod]
    [DataRow(80, 120, 3, 5)]
    [DataRow(1500, 1700, 6, 3)] // several blocks
    [DataRow(9, 6, 2, 5)]
    public void SameAsScikitLearn(int rows, int others, int width, int neighbors)
    {
        var (x, y) = (Points.Normal(rows, width, 1), Points.Normal(others, width, 2, [.. Enumerable.Repeat(0.7f, width)]));
        var answers = SciPy.Run($$"""
            from sklearn.neighbors import NearestNeighbors
            from scipy.spatial.distance import cdist
            k = {{neighbors}}
            radius = lambda a: NearestNeighbors(n_neighbors=k, algorithm='kd_tree').fit(a).kneighbors()[0][:, -1]
            real, generated, distances = radius(x), radius(y), cdist(x, y)
            answers['precision'] = (distances <= real[:, None]).any(0).mean()
            answers['recall'] = (distances <= generated[None]).any(1).mean()
            answers['density'] = (distances <= real[:, None]).sum(0).mean() / k
            answers['coverage'] = (distances.min(1) <= real).mean()
            """, x.As("x"), y.As("y"));
        var overlap = NeighborOverlap.Between(x, y, neighbors);
        Assert.AreEqual(answers["precision"][0], overlap.Precision, 1e-12);
        Assert.AreEqual(answers["recall"][0], overlap.Recall, 1e-12);
        Assert.AreEqual(answers["density"][0], overlap.Density, 1e-12);
        Assert.AreEqual(answers["coverage"][0], overlap.Coverage, 1e-12);
        Assert.AreEqual(overlap, NeighborOverlap.Between(Points.Reversed(x), Points.Reversed(y), neighbors));
    }

    [TestMethod]
    [DataRow(200, 3)]
    [DataRow(1500, 7)] // several blocks, of other sizes within a sample than between two
    public void TheSameRowsAndRowsFarAway(int rows, int width)
    {
        var x = Points.Normal(rows, width, 1);
        // Every ball holds its own row and k others.
        Assert.AreEqual(new NeighborOverlap(1, 1, 6.0 / 5, 1), NeighborOverlap.Between(x, x));
        Assert.AreEqual(new NeighborOverlap(0, 0, 0, 0), NeighborOverlap.Between(x, Points.Normal(rows, width, 2, [.. Enumerable.Repeat(50f, width)])));
    }

    /// <summary>Naeem et al., section 3.2: density 1, and coverage <c>1 - Π (n - i) / (2n - i)</c> for i from 1 to k.</summary>
    [TestMethod]
    public void OneDistribution()
    {
        const int Rows = 2000;
        var overlap = NeighborOverlap.Between(Points.Normal(Rows, 4, 1), Points.Normal(Rows, 4, 2));
        double expected = 1 - Enumerable.Range(1, 5).Aggregate(1.0, (product, i) => product * (Rows - i) / (2.0 * Rows - i));
        Assert.AreEqual(expected, overlap.Coverage, 4 * Math.Sqrt(expected * (1 - expected) / Rows));
        Assert.AreEqual(1, overlap.Density, 0.05);
    }

    [TestMethod]
    public void OutliersMoveThePaperMeasuresAsSaid()
    {
        // One mode of two is generated: recall and coverage halve, precision does not.
        var (left, right) = (Points.Normal(300, 2, 1, -20, 0), Points.Normal(300, 2, 2, 20, 0));
        var overlap = NeighborOverlap.Between(Points.Joined(left, right), Points.Normal(300, 2, 3, -20, 0));
        Assert.IsGreaterThan(0.9, overlap.Precision);
        Assert.AreEqual(0.5, overlap.Recall, 0.05);
        Assert.AreEqual(0.5, overlap.Coverage, 0.05);
        // One generated outlier in the middle of two modes reaches far: recall believes in it, coverage does not.
        var withOutliers = Points.Joined(Points.Normal(300, 2, 3, -20, 0), new FeatureMatrix([10, 0], 2));
        var reached = NeighborOverlap.Between(Points.Joined(left, right), withOutliers);
        Assert.IsGreaterThan(0.9, reached.Recall);
        Assert.AreEqual(overlap.Coverage, reached.Coverage, 0.01);
    }

    /// <summary>Rows that occur more than k times have balls of radius 0, which their copies lie in.</summary>
    [TestMethod]
    public void CopiesOfRepeatedRowsAreFound()
    {
        float[] row = [0.1f, 1234.5f, -7.3f], other = [0.3f, 1234.6f, -7.1f];
        var x = new FeatureMatrix([.. Enumerable.Repeat(row, 4).Concat(Enumerable.Repeat(other, 4)).SelectMany(r => r)], 3);
        var overlap = NeighborOverlap.Between(x, new FeatureMatrix([.. Enumerable.Repeat(row, 4).SelectMany(r => r)], 3), neighbors: 2);
        Assert.AreEqual(new NeighborOverlap(1, 0.5, 2, 0.5), overlap);
    }

    [TestMethod]
    public void BadInputIsRefused()
    {
        var x = Points.Normal(10, 3, 1);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NeighborOverlap.Between(x, x, 0));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => NeighborOverlap.Between(x, Points.Normal(5, 3, 1))).Message, "at least 6");
        Assert.ThrowsExactly<ArgumentException>(() => NeighborOverlap.Between(x, Points.Normal(10, 2, 1)));
    }
}
