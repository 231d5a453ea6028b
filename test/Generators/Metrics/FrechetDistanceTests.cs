using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

[TestClass]
public class FrechetDistanceTests
{
    [TestMethod]
    public void GaussiansWithIndependentFeatures()
    {
        // ‖μ₁ - μ₂‖² + Σ (σ₁ - σ₂)²
        using var scope = NewDisposeScope();
        Tensor Vector(params double[] values) => tensor(values);
        double distance = FrechetDistance.Between(Vector(1, 2, 3), diag(Vector(4, 9, 0)), Vector(1, 0, 4), diag(Vector(1, 16, 25)));
        Assert.AreEqual((4 + 1) + (1 + 1 + 25), distance, 1e-12);
    }

    /// <summary>The trace of (Σ₁Σ₂)^½ is also the sum of the singular values of X₁X₂ᵀ / √((n - 1)(m - 1)), and SciPy has a root of a matrix.</summary>
    [TestMethod]
    [DataRow(300, 200, 6, true)]
    [DataRow(400, 400, 40, true)]
    [DataRow(7, 12, 20, false)] // fewer rows than features: SciPy's root of a singular matrix is not exact
    [DataRow(2, 2, 5, false)]
    public void SameAsNumPy(int rows, int others, int width, bool root)
    {
        var (x, y) = (Points.Mixed(rows, width, 1, mixing: 1), Points.Mixed(others, width, 2, mixing: 2));
        var answers = SciPy.Run("""
            import scipy.linalg
            a, b = x - x.mean(0), y - y.mean(0)
            s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
            rest = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s1) + np.trace(s2)
            answers['svd'] = rest - 2 * np.linalg.svd(a @ b.T, compute_uv=False).sum() / np.sqrt((len(x) - 1) * (len(y) - 1))
            answers['root'] = rest - 2 * np.trace(scipy.linalg.sqrtm(s1 @ s2)).real
            """, x.As("x"), y.As("y"));
        double distance = FrechetDistance.Between(x, y);
        Assert.AreEqual(answers["svd"][0], distance, 1e-8 * distance);
        if (root) Assert.AreEqual(answers["root"][0], distance, 1e-7 * distance);
        Assert.AreEqual(distance, FrechetDistance.Between(y, x), 1e-8 * distance);
    }

    [TestMethod]
    [DataRow(50, 4)]
    [DataRow(5, 30)]
    public void MovedRowsAreAsFarAsTheyWereMoved(int rows, int width)
    {
        var x = Points.Normal(rows, width, 1);
        var moved = Points.Normal(rows, width, 1, [.. Enumerable.Repeat(0.5f, width)]);
        Assert.AreEqual(0, FrechetDistance.Between(x, x), 1e-9);
        Assert.AreEqual(0.25 * width, FrechetDistance.Between(x, moved), 1e-5);
        Assert.AreEqual(FrechetDistance.Between(x, moved), FrechetDistance.Between(Points.Reversed(x), moved), 1e-9);
    }

    [TestMethod]
    public void BadSamplesAreRefused()
    {
        var x = Points.Normal(5, 3, 1);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => FrechetDistance.Between(x, Points.Normal(5, 4, 1))).Message,
            "3 features and the generated rows 4");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => FrechetDistance.Between(x, Points.Normal(1, 3, 1))).Message,
            "5 real and 1 generated rows; at least 2");
        Assert.AreEqual(1L, Assert.ThrowsExactly<Trainers.InvalidRowException>(() => new FeatureMatrix([1, 2, 3, float.NaN], 2)).Row);
        Assert.ThrowsExactly<ArgumentException>(() => new FeatureMatrix([1, 2, 3], 2));
    }
}
