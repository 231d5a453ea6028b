namespace Extensions.ML.Generators.Tests;

[TestClass]
public class DetectionCurveTests
{
    [TestMethod]
    public void SmallCaseByHand()
    {
        // Ranked: anomaly 0.9 | normal 0.8 | anomaly and normal tied at 0.5 | normal 0.1
        var curve = DetectionCurve.Of([0.5f, 0.9f, 0.1f, 0.8f, 0.5f], [true, true, false, false, false]);
        CollectionAssert.AreEqual(new[] { float.PositiveInfinity, 0.9f, 0.8f, 0.5f, 0.1f }, curve.Points.Select(p => p.Threshold).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 0.5, 0.5, 1, 1 }, curve.Points.Select(p => p.Recall).ToArray());
        // Pairs: 0.9 beats all three normal rows; 0.5 loses to 0.8, ties with 0.5 and beats 0.1.
        Assert.AreEqual((3 + 1.5) / 6, curve.AreaUnderRoc(), 1e-12);
        Assert.AreEqual(0.5 * 1 + 0.5 * 2 / 4, curve.AveragePrecision(), 1e-12);
    }

    [TestMethod]
    public void AreaIsTheShareOfPairsInOrder()
    {
        var random = new Random(4);
        for (var round = 0; round < 20; round++)
        {
            var scores = Enumerable.Range(0, 60).Select(_ => random.Next(25) / 10f).ToArray(); // many ties
            var labels = scores.Select((_, i) => i < 2 ? i == 0 : random.Next(3) == 0).ToArray();
            double won = 0, pairs = 0;
            for (var i = 0; i < 60; i++)
                for (var j = 0; j < 60; j++)
                    if (labels[i] && !labels[j])
                    {
                        pairs++;
                        won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    }
            Assert.AreEqual(won / pairs, DetectionCurve.Of(scores, labels).AreaUnderRoc(), 1e-12);
        }
    }

    [TestMethod]
    public void PerfectAndReversedOrders()
    {
        var best = DetectionCurve.Of([1, 2, 3, 4], [false, false, true, true]);
        Assert.AreEqual((1.0, 1.0), (best.AreaUnderRoc(), best.AveragePrecision()));
        Assert.AreEqual(0.0, DetectionCurve.Of([4, 3, 2, 1], [false, false, true, true]).AreaUnderRoc());
    }

    [TestMethod]
    public void BadInputIsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => DetectionCurve.Of([1, 2], [true]));
        Assert.ThrowsExactly<ArgumentException>(() => DetectionCurve.Of([1, 2], [true, true]));
        Assert.ThrowsExactly<ArgumentException>(() => DetectionCurve.Of([1, 2], [false, false]));
        Assert.ThrowsExactly<ArgumentException>(() => DetectionCurve.Of([1, float.NaN], [true, false]));
    }
}
