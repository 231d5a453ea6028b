namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class QuantileMapTests
{
    [TestMethod]
    public void UniformNumbersBecomeNormal()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 50_000).Select(_ => (float)(random.NextDouble() * 8 - 3)).ToArray();
        var map = QuantileMap.Learn((float[])values.Clone());
        var mapped = values.Select(value => (double)map.Forward(value)).Order().ToArray();
        // The standard normal's quantiles from tables.
        Assert.AreEqual(-1.959964, mapped[(int)(0.025 * mapped.Length)], 0.03);
        Assert.AreEqual(-0.674490, mapped[mapped.Length / 4], 0.03);
        Assert.AreEqual(0, mapped[mapped.Length / 2], 0.03);
        Assert.AreEqual(1.281552, mapped[(int)(0.9 * mapped.Length)], 0.03);
    }

    [TestMethod]
    public void ValuesComeBack()
    {
        var random = new Random(2);
        // Heavy tails, and a value that occurs often.
        var values = Enumerable.Range(0, 20_000).Select(i => i % 3 == 0 ? 0 : (float)Math.Exp(3 * random.NextDouble() * random.NextDouble())).ToArray();
        var map = QuantileMap.Learn((float[])values.Clone());
        Assert.AreEqual(0f, map.Inverse(map.Forward(0)));
        foreach (float value in values.Take(500))
            Assert.AreEqual(value, map.Inverse(map.Forward(value)), 1e-3f * Math.Max(1, value));
        Assert.AreEqual(values.Max(), map.Inverse(100));
        Assert.AreEqual(values.Min(), map.Inverse(-100));
        for (float normal = -4; normal < 4; normal += 0.01f)
            Assert.IsLessThanOrEqualTo(map.Inverse(normal + 0.01f), map.Inverse(normal));
    }

    [TestMethod]
    public void OneValueStaysOne()
    {
        var map = QuantileMap.Learn([5, 5, 5]);
        Assert.AreEqual(0f, map.Forward(5));
        Assert.AreEqual(5f, map.Inverse(0.3f));
        Assert.ThrowsExactly<ArgumentException>(() => new QuantileMap([1, 0]));
        Assert.ThrowsExactly<ArgumentException>(() => new QuantileMap([float.NaN, 0]));
    }
}
