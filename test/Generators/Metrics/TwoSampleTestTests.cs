namespace Extensions.ML.Generators.Tests;

[TestClass]
public class TwoSampleTestTests
{
    /// <summary>The best rule for normal distributions δ apart is right in Φ(δ/2) of the rows and ranks Φ(δ/√2) of the pairs.</summary>
    [TestMethod]
    public void FindsAShiftAsWellAsCanBe()
    {
        var test = TwoSampleTest.Between(Points.Normal(2000, 4, 1), Points.Normal(3000, 4, 2, 0, 2, 0, 0));
        Assert.AreEqual(2000, test.Rows);
        Assert.AreEqual(0.8413, test.Accuracy, 0.03); // 3.7 standard deviations of 2,000 rows
        Assert.AreEqual(0.9214, test.AreaUnderRoc, 0.025);
        Assert.IsLessThan(1e-100, test.PValue);
    }

    /// <summary>Equal means and variances, but one feature follows the other in one sample: no linear rule helps.</summary>
    [TestMethod]
    public void FindsADependence()
    {
        var x = Points.Normal(1500, 2, 1);
        var y = new FeatureMatrix([.. Points.Rows(Points.Normal(1500, 2, 2)).SelectMany((row, i) => new[] { row[0], i % 2 == 0 ? row[0] : -row[0] })], 2);
        Assert.IsGreaterThan(0.8, TwoSampleTest.Between(x, y).Accuracy);
    }

    [TestMethod]
    public void OneDistributionLooksTheSame()
    {
        var test = TwoSampleTest.Between(Points.Normal(2000, 4, 1), Points.Normal(2000, 4, 2));
        Assert.AreEqual(0.5, test.Accuracy, 4 * 0.5 / Math.Sqrt(2000));
        Assert.AreEqual(0.5, test.AreaUnderRoc, 0.06);
        Assert.IsGreaterThan(1e-4, test.PValue);
        Assert.AreEqual(test, TwoSampleTest.Between(Points.Normal(2000, 4, 1), Points.Normal(2000, 4, 2)));
    }

    [TestMethod]
    public void ProbabilityOfGuesses()
    {
        (int Right, int Count)[] cases = [(0, 10), (5, 10), (10, 10), (37, 60), (5100, 10000), (5500, 10000), (10000, 10000)];
        var answers = SciPy.Run("""
            from scipy.stats import binom
            answers['tail'] = binom.sf(right - 1, count, 0.5)
            """, ("right", [.. cases.Select(c => (double)c.Right)], 0), ("count", [.. cases.Select(c => (double)c.Count)], 0));
        for (int i = 0; i < cases.Length; i++)
        {
            double expected = answers["tail"][i];
            Assert.AreEqual(expected, TwoSampleTest.GuessedAtLeast(cases[i].Right, cases[i].Count), 1e-9 * expected, $"{cases[i]}");
        }
    }

    [TestMethod]
    public void BadInputIsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => TwoSampleTest.Between(Points.Normal(19, 4, 1), Points.Normal(100, 4, 2)));
        Assert.ThrowsExactly<ArgumentException>(() => TwoSampleTest.Between(Points.Normal(50, 4, 1), Points.Normal(50, 3, 2)));
        Assert.ThrowsExactly<OperationCanceledException>(() => TwoSampleTest.Between(Points.Normal(50, 4, 1), Points.Normal(50, 4, 2),
            cancellation: new CancellationToken(canceled: true)));
    }
}
