using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class MixedSlotTests
{
    /// <summary>A number, a Boolean, three indicators of a category, a key of two categories, a number.</summary>
    static readonly SlotLayout layout = new(7, [new(5, 1, SlotKind.Key, 2), new(1, 1, SlotKind.Boolean), new(2, 3, SlotKind.OneHot)]);

    static readonly float[] row = [0.5f, 1, 0, 0, 1, 2, -1];
    static readonly float[] missing = [0, 0, 0, 0, 0, 0, 0];

    static double LogSoftmax(double[] values, int k) => values[k] - Math.Log(values.Sum(Math.Exp));

    [TestMethod]
    public void GroupsAreCompletedByNumbers()
    {
        CollectionAssert.AreEqual(new SlotGroup[]
        {
            new(0, 1, SlotKind.Numeric), new(1, 1, SlotKind.Boolean), new(2, 3, SlotKind.OneHot), new(5, 1, SlotKind.Key, 2), new(6, 1, SlotKind.Numeric),
        }, layout.Groups.ToArray());
        Assert.AreEqual((8, 5), (layout.NetworkSize, layout.Columns));
    }

    [TestMethod]
    public void KeysBecomeIndicators()
    {
        using var scope = NewDisposeScope();
        var expanded = layout.Expand(tensor(row.Concat(missing).ToArray(), [2, 7]));
        CollectionAssert.AreEqual(new float[] { 0.5f, 1, 0, 0, 1, 0, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0 }, Support.ToArray(expanded));
    }

    /// <summary>Each column by its own definition, computed one value at a time; a category that is missing costs nothing.</summary>
    [TestMethod]
    public void EveryColumnHasItsLoss()
    {
        using var scope = NewDisposeScope();
        var loss = new RowLoss(ReconstructionLoss.MeanSquaredError, layout);
        var x = loss.Expand(tensor(row.Concat(missing).ToArray(), [2, 7]));
        double[] y = [0.2, -0.4, 1, 2, 0.5, 0.3, -0.7, -1.5];
        var output = tensor(y.Concat(y).Select(v => (float)v).ToArray(), [2, 8]);

        double[] expected =
        [
            0.3 * 0.3, Math.Log(1 + Math.Exp(0.4)), 0, 0, -LogSoftmax([1, 2, 0.5], 2), -LogSoftmax([0.3, -0.7], 1), 0.5 * 0.5,
            0.2 * 0.2, Math.Log(1 + Math.Exp(-0.4)), 0, 0, 0, 0, 1.5 * 1.5,
        ];
        var slots = Support.ToArray(loss.PerSlot(output, x));
        for (int i = 0; i < slots.Length; i++) Assert.AreEqual(expected[i] / 5, slots[i], 1e-6, $"slot {i % 7}");
        var rows = Support.ToArray(loss.PerRow(output, x));
        for (int i = 0; i < 2; i++) Assert.AreEqual(expected.Skip(7 * i).Take(7).Sum() / 5, rows[i], 1e-6);
        Assert.AreEqual(rows.Average(), loss.Mean(output, x).item<float>(), 1e-6);

        double[] rebuilt = [0.2, 1 / (1 + Math.Exp(0.4)), .. Enumerable.Range(0, 3).Select(k => Math.Exp(LogSoftmax([1, 2, 0.5], k))), 1, -1.5];
        var reconstruction = Support.ToArray(loss.Reconstruct(output));
        for (int i = 0; i < 14; i++) Assert.AreEqual(rebuilt[i % 7], reconstruction[i], 1e-6, $"slot {i % 7}");
    }

    [TestMethod]
    public void GradientsEqualFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var loss = new RowLoss(ReconstructionLoss.Huber, layout);
        using var network = new DenseAutoencoder(layout.NetworkSize, [5], 3, Activation.Tanh, seed: 4);
        network.to(ScalarType.Float64);
        var x = loss.Expand(tensor(row.Concat(missing).Concat(row).Select(v => (double)v).ToArray(), [3, 7]));
        Support.CheckGradients(network, () => network.TrainingLoss(x, x, loss, null));
    }

    /// <summary>Columns that repeat each other in other forms: a code of two values is enough for all of them.</summary>
    [TestMethod]
    public void ANetworkLearnsAllKinds()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 600).SelectMany(_ =>
        {
            int category = random.Next(3);
            float number = random.NextSingle() * 10 + 100 * (category - 1);
            return new float[] { number, category == 1 ? 1 : 0, category == 0 ? 1 : 0, category == 1 ? 1 : 0, category == 2 ? 1 : 0, category == 1 ? 2 : 1, -number };
        }).ToArray();
        using var data = Support.Load(rows, 7, new DataOptions { Scaling = FeatureScaling.Standardize, Layout = layout });
        CollectionAssert.AreEqual(new float[] { 1, 1, 1, 1, 1 }, data.Scaler.Scale[1..6].ToArray(), "only numbers are scaled");
        CollectionAssert.AreEqual(new float[5], data.Scaler.Offset[1..6].ToArray());

        var architecture = new AutoencoderArchitecture { InputSize = 7, CodeSize = 2, Network = new DenseNetwork { HiddenSizes = [16] }, Slots = [.. layout.Groups] };
        using var model = AutoencoderModel.Train(architecture, data, new TrainingOptions { Epochs = 60, BatchSize = 32, Optimizer = new Adam { LearningRate = 0.01 } });
        using var block = new FeatureBlock(600, 7);
        for (int r = 0; r < 600; r++) rows.AsSpan(7 * r, 7).CopyTo(block[r]);
        float[] rebuilt = new float[600 * 7], shares = new float[600 * 7], errors = new float[600];
        model.Score(block, 600, default, rebuilt, shares, errors);
        for (int r = 0; r < 600; r++)
        {
            Assert.AreEqual(shares.Skip(7 * r).Take(7).Sum(), errors[r], 1e-5);
            Assert.AreEqual(rows[7 * r + 5], rebuilt[7 * r + 5], "the key");
            for (int k = 1; k < 5; k++) Assert.AreEqual(rows[7 * r + k], rebuilt[7 * r + k], 0.1);
            Assert.AreEqual(rows[7 * r], rebuilt[7 * r], 10);
        }
    }

    [TestMethod]
    public void BadGroupsAndValuesAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new SlotLayout(4, [new(0, 2, SlotKind.OneHot), new(1, 1, SlotKind.Boolean)]));
        Assert.ThrowsExactly<ArgumentException>(() => new SlotLayout(4, [new(3, 2, SlotKind.OneHot)]));
        Assert.ThrowsExactly<ArgumentException>(() => new SlotLayout(4, [new(-1, 1, SlotKind.Boolean)]));
        Assert.ThrowsExactly<ArgumentException>(() => new SlotLayout(4, [new(0, 0, SlotKind.Boolean)]));
        Assert.ThrowsExactly<ArgumentException>(() => new SlotLayout(4, [new(0, 1, SlotKind.Key)]));
        Assert.ThrowsExactly<ArgumentException>(() => new SlotLayout(4, [new(0, 1, SlotKind.Boolean, 3)]));
        Assert.ThrowsExactly<OverflowException>(() => new SlotLayout(4, [new(0, 2, SlotKind.Key, int.MaxValue)]));

        float[] wrong = [.. row, 0.5f, 1, 0, 0.5f, 1, 2, -1];
        var error = Assert.ThrowsExactly<InvalidRowException>(() => Support.Load(wrong, 7, new DataOptions { Layout = layout }));
        Assert.AreEqual((1, 3, 0.5f), (error.Row, error.Slot, error.Value));
    }
}
