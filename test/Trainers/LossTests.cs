using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class LossTests
{
    /// <summary>The definitions, computed one value at a time in double precision.</summary>
    static double Expected(ReconstructionLoss loss, double y, double x) => loss switch
    {
        ReconstructionLoss.MeanSquaredError => (x - y) * (x - y),
        ReconstructionLoss.MeanAbsoluteError => Math.Abs(x - y),
        ReconstructionLoss.Huber => Math.Abs(x - y) <= 1 ? (x - y) * (x - y) / 2 : Math.Abs(x - y) - 0.5,
        _ => -x * Math.Log(1 / (1 + Math.Exp(-y))) - (1 - x) * Math.Log(1 / (1 + Math.Exp(y))),
    };

    [TestMethod]
    [DataRow(ReconstructionLoss.MeanSquaredError)]
    [DataRow(ReconstructionLoss.MeanAbsoluteError)]
    [DataRow(ReconstructionLoss.Huber)]
    [DataRow(ReconstructionLoss.BinaryCrossEntropy)]
    public void EveryFormFollowsTheDefinition(ReconstructionLoss loss)
    {
        using var scope = NewDisposeScope();
        var outputs = Support.Normal(12, 1).Select(v => 2 * v).ToArray();
        var targets = Support.Normal(12, 2).Select(v => 1 / (1 + MathF.Exp(-v))).ToArray();
        var (output, target) = (tensor(outputs, [3, 4]), tensor(targets, [3, 4]));
        var expected = outputs.Zip(targets, (y, x) => Expected(loss, y, x)).ToArray();
        var slots = Support.ToArray(loss.PerSlot(output, target));
        var rows = Support.ToArray(loss.PerRow(output, target));
        for (int i = 0; i < 12; i++) Assert.AreEqual(expected[i], slots[i], 1e-6 * (1 + expected[i]));
        for (int i = 0; i < 3; i++) Assert.AreEqual(expected.Skip(4 * i).Take(4).Average(), rows[i], 1e-6);
        Assert.AreEqual(expected.Average(), loss.Mean(output, target).item<float>(), 1e-6);
    }

    [TestMethod]
    public void CrossEntropyOfExtremeLogitsIsStable()
    {
        using var scope = NewDisposeScope();
        var loss = ReconstructionLoss.BinaryCrossEntropy;
        var slots = Support.ToArray(loss.PerSlot(tensor(new float[] { 1000, -1000, 1000, -1000 }, [1, 4]), tensor(new float[] { 1, 0, 0, 1 }, [1, 4])));
        CollectionAssert.AreEqual(new float[] { 0, 0, 1000, 1000 }, slots);
    }

    [TestMethod]
    public void LogitsAreReconstructedAsProbabilities()
    {
        using var scope = NewDisposeScope();
        var output = tensor(new float[] { -2, 0, 3 }, [1, 3]);
        CollectionAssert.AreEqual(Support.ToArray(output.sigmoid()), Support.ToArray(ReconstructionLoss.BinaryCrossEntropy.Reconstruct(output)));
        Assert.AreSame(output, ReconstructionLoss.Huber.Reconstruct(output));
    }
}
