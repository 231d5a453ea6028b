using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class NetworkTests
{
    public static IEnumerable<object[]> ActivationsAndLosses =>
        from activation in Enum.GetValues<Activation>()
        from loss in Enum.GetValues<ReconstructionLoss>()
        select new object[] { activation, loss };

    /// <summary>Backpropagation against central differences in double precision, for every weight.</summary>
    [TestMethod]
    [DynamicData(nameof(ActivationsAndLosses))]
    public void GradientsEqualFiniteDifferences(Activation activation, ReconstructionLoss loss)
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(4, [5], 2, activation, seed: 11);
        network.to(ScalarType.Float64);
        var x = tensor(Support.Normal(6 * 4, 5).Select(v => (double)v).ToArray(), [6, 4]);
        if (loss == ReconstructionLoss.BinaryCrossEntropy) x = x.sigmoid();
        Support.CheckGradients(network, () => loss.Mean(network.forward(x), x));
    }

    [TestMethod]
    public void ShapesAndNames()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(10, [8, 6], 3);
        var x = tensor(Support.Normal(20, 1), [2, 10]);
        CollectionAssert.AreEqual(new long[] { 2, 3 }, network.encode(x).shape);
        CollectionAssert.AreEqual(new long[] { 2, 10 }, network.decode(network.encode(x)).shape);
        CollectionAssert.AreEqual(Support.ToArray(network.decode(network.encode(x))), Support.ToArray(network.forward(x)));
        CollectionAssert.AreEqual(new[]
        {
            "encoder.0.weight [8, 10]", "encoder.0.bias [8]", "encoder.1.weight [6, 8]", "encoder.1.bias [6]", "encoder.2.weight [3, 6]", "encoder.2.bias [3]",
            "decoder.0.weight [6, 3]", "decoder.0.bias [6]", "decoder.1.weight [8, 6]", "decoder.1.bias [8]", "decoder.2.weight [10, 8]", "decoder.2.bias [10]",
        }, network.state_dict().Select(e => $"{e.Key} [{string.Join(", ", e.Value.shape)}]").ToArray());
    }

    [TestMethod]
    public void WeightsComeFromTheSeedAndTheGlobalGeneratorIsNotTouched()
    {
        using var before = get_rng_state();
        using var first = new DenseAutoencoder(10, [8], 3, seed: 4);
        using var second = new DenseAutoencoder(10, [8], 3, seed: 4);
        using var third = new DenseAutoencoder(10, [8], 3, seed: 5);
        using var after = get_rng_state();
        CollectionAssert.AreEqual(Support.Bytes(first), Support.Bytes(second));
        CollectionAssert.AreNotEqual(Support.Bytes(first), Support.Bytes(third));
        CollectionAssert.AreEqual(before.bytes.ToArray(), after.bytes.ToArray());
    }

    /// <summary>SplitMix64 of seed 1234567: the first numbers that its authors' reference program prints.</summary>
    [TestMethod]
    public void TheGeneratorIsSplitMix64()
    {
        var random = new SeededRandom(1234567UL);
        CollectionAssert.AreEqual(new ulong[] { 6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821 },
            Enumerable.Range(0, 5).Select(_ => random.Next()).ToArray());
    }

    /// <summary>Mean 0 and variance bound² / 3, as a uniform distribution has, with bound 1 / sqrt(inputs).</summary>
    [TestMethod]
    public void FirstWeightsAreUniformWithinOneOverTheRootOfTheInputs()
    {
        using var network = new DenseAutoencoder(400, [300], 200);
        foreach (var (name, parameter) in network.named_parameters())
        {
            double bound = 1 / Math.Sqrt(name.StartsWith("encoder.0") ? 400 : name.StartsWith("decoder.0") ? 200 : 300);
            var values = Support.ToArray(parameter).Select(v => v / bound).ToArray();
            // Five standard deviations of the sample's mean and variance.
            Assert.IsLessThanOrEqualTo(1, values.Max(Math.Abs), name);
            Assert.AreEqual(0, values.Average(), 5 / Math.Sqrt(3 * values.Length), name);
            Assert.AreEqual(1 / 3.0, values.Average(v => v * v), 5 * Math.Sqrt(4 / 45.0 / values.Length), name);
        }
    }

    [TestMethod]
    public void SizesAreChecked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseAutoencoder(0, [], 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseAutoencoder(3, [0], 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseAutoencoder(3, [], 0));
    }

    /// <summary>A million columns: the layers next to the input hold 2 million weights, and zeros do no harm.</summary>
    [TestMethod]
    public void AMillionColumnsOfZeros()
    {
        const int Width = 1_000_000;
        using var data = Support.Load(new float[4 * Width], Width, new DataOptions { Scaling = FeatureScaling.Standardize });
        using var network = new DenseAutoencoder(Width, [], 2);
        var history = TrainingLoop.Run(network, Reconstruction.Objective(network, ReconstructionLoss.MeanSquaredError), data.Training, null,
            new TrainingOptions { Epochs = 5 });
        Assert.IsLessThan(history.Epochs[0].Loss, history.Epochs[4].Loss);
    }
}
