using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class RowNoiseTests
{
    [TestMethod]
    public void NumbersOfARowDependOnSeedAndRowAlone()
    {
        using var scope = NewDisposeScope();
        var together = Support.ToArray(new RowNoise(3, 100, 50).Normal(7, NoiseUse.Latents));
        var apart = Enumerable.Range(100, 50).SelectMany(row => Support.ToArray(new RowNoise(3, row, 1).Normal(7, NoiseUse.Latents))).ToArray();
        CollectionAssert.AreEqual(together, apart);
        CollectionAssert.AreNotEqual(together, Support.ToArray(new RowNoise(4, 100, 50).Normal(7, NoiseUse.Latents)));
        CollectionAssert.AreNotEqual(together, Support.ToArray(new RowNoise(3, 100, 50).Normal(7, NoiseUse.Latents, step: 1)));
        CollectionAssert.AreNotEqual(together, Support.ToArray(new RowNoise(3, 100, 50).Normal(7, NoiseUse.Rows)));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(64)]
    public void NormalNumbersAreNormal(int width)
    {
        using var scope = NewDisposeScope();
        var values = Enumerable.Range(0, 4).SelectMany(step => Support.ToArray(new RowNoise(1, 0, 200_000 / width).Normal(width, NoiseUse.Steps, step))).Order().ToArray();
        // Kolmogorov-Smirnov against the distribution function; 1.95 / sqrt(n) is passed once in a thousand seeds.
        double worst = 0;
        using var cdf = special.ndtr(tensor(values));
        var expected = Support.ToArray(cdf);
        for (int i = 0; i < values.Length; i++) worst = Math.Max(worst, Math.Abs(expected[i] - (i + 0.5) / values.Length));
        Assert.IsLessThan(1.95 / Math.Sqrt(values.Length), worst);
    }

    [TestMethod]
    public void UniformNumbersLieInsideTheUnitInterval()
    {
        using var scope = NewDisposeScope();
        var values = Support.ToArray(new RowNoise(1, 0, 100_000).Uniform(3, NoiseUse.Rows));
        Assert.IsTrue(values.All(value => value is > 0 and < 1));
        Assert.AreEqual(0.5, values.Average(value => (double)value), 4 * Math.Sqrt(1.0 / 12 / values.Length));
    }
}
