namespace Extensions.ML.Generators.Tests;

[TestClass]
public class MaximumMeanDiscrepancyTests
{
    [TestMethod]
    [DataRow(60, 90, 4)]
    [DataRow(1500, 1700, 3)] // several blocks
    [DataRow(2, 3, 1)]
    public void SameAsScikitLearn(int rows, int others, int width)
    {
        var (x, y) = (Points.Mixed(rows, width, 1, mixing: 1), Points.Mixed(others, width, 2, mixing: 2));
        var answers = SciPy.Run("""
            from sklearn.metrics.pairwise import rbf_kernel, polynomial_kernel
            from scipy.spatial.distance import pdist
            def mmd(kernel):
                within = lambda a: (kernel(a, a).sum() - np.trace(kernel(a, a))) / len(a) / (len(a) - 1)
                return within(x) + within(y) - 2 * kernel(x, y).mean()
            answers['gaussian'] = mmd(lambda a, b: rbf_kernel(a, b, gamma=1 / (2 * 3.0 ** 2)))
            answers['polynomial'] = mmd(lambda a, b: polynomial_kernel(a, b, degree=3, gamma=1 / x.shape[1], coef0=1))
            thin = lambda a: a if len(a) <= 1000 else a[np.arange(1000) * len(a) // 1000]
            answers['median'] = np.sqrt(np.median(pdist(np.concatenate([thin(x), thin(y)]), 'sqeuclidean')))
            """, x.As("x"), y.As("y"));
        Assert.AreEqual(answers["gaussian"][0], MaximumMeanDiscrepancy.Gaussian(x, y, 3), 1e-10);
        Assert.AreEqual(answers["polynomial"][0], MaximumMeanDiscrepancy.Polynomial(x, y), 1e-9 * Math.Abs(answers["polynomial"][0]) + 1e-9);
        Assert.AreEqual(answers["median"][0], MaximumMeanDiscrepancy.MedianDistance(x, y), 1e-9);
    }

    /// <summary>Normal distributions a shift apart: <c>2 (σ² / (σ² + 2))^(d/2) (1 - exp(-‖shift‖² / (2σ² + 4)))</c>.</summary>
    [TestMethod]
    public void ShiftedNormalDistributions()
    {
        const double Bandwidth = 1.5, Square = Bandwidth * Bandwidth;
        double Expected(double shift) => 2 * Math.Pow(Square / (Square + 2), 1.5) * (1 - Math.Exp(-shift * shift / (2 * Square + 4)));
        var x = Points.Normal(3000, 3, 1);
        // The standard deviation of the estimate is about 0.001 where the distributions are equal, and 0.006 where they are 1 apart.
        Assert.AreEqual(0, MaximumMeanDiscrepancy.Gaussian(x, Points.Normal(3000, 3, 2), Bandwidth), 0.003);
        Assert.AreEqual(Expected(1), MaximumMeanDiscrepancy.Gaussian(x, Points.Normal(3000, 3, 3, 1, 0, 0), Bandwidth), 0.02);
        Assert.AreEqual(Expected(2), MaximumMeanDiscrepancy.Gaussian(x, Points.Normal(3000, 3, 4, 0, -2, 0), Bandwidth), 0.03);
    }

    [TestMethod]
    public void OrderOfRowsDoesNotMatter()
    {
        var (x, y) = (Points.Normal(300, 3, 1), Points.Normal(200, 3, 2, 1, 0, 0));
        Assert.AreEqual(MaximumMeanDiscrepancy.Gaussian(x, y, 1), MaximumMeanDiscrepancy.Gaussian(Points.Reversed(x), y, 1), 1e-12);
        Assert.AreEqual(MaximumMeanDiscrepancy.Polynomial(x, y), MaximumMeanDiscrepancy.Polynomial(x, Points.Reversed(y)), 1e-12);
        Assert.AreEqual(MaximumMeanDiscrepancy.MedianDistance(x, y), MaximumMeanDiscrepancy.MedianDistance(y, Points.Reversed(x)), 1e-12);
    }

    [TestMethod]
    public void BadInputIsRefused()
    {
        var x = Points.Normal(5, 3, 1);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => MaximumMeanDiscrepancy.Gaussian(x, x, 0));
        Assert.ThrowsExactly<ArgumentException>(() => MaximumMeanDiscrepancy.Gaussian(x, Points.Normal(1, 3, 1), 1));
        Assert.ThrowsExactly<ArgumentException>(() => MaximumMeanDiscrepancy.Polynomial(x, Points.Normal(5, 2, 1)));
        Assert.AreEqual(1, MaximumMeanDiscrepancy.MedianDistance(new FeatureMatrix([2, 2, 2], 1), new FeatureMatrix([2, 2], 1)));
    }
}
