using System.Runtime.InteropServices;
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
        const double Step = 1e-6;
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(4, [5], 2, activation, seed: 11);
        network.to(ScalarType.Float64);
        var x = tensor(Support.Normal(6 * 4, 5).Select(v => (double)v).ToArray(), [6, 4]);
        if (loss == ReconstructionLoss.BinaryCrossEntropy) x = x.sigmoid();
        // Zero biases put rectifiers exactly on their kinks where a whole layer is off.
        using (no_grad())
        {
            int number = 0;
            foreach (var (name, parameter) in network.named_parameters())
            {
                if (!name.EndsWith("bias")) continue;
                foreach (ref double value in MemoryMarshal.Cast<byte, double>(parameter.bytes)) value = 0.1 * Math.Sin(++number);
            }
        }

        loss.Mean(network.forward(x), x).backward();
        foreach (var (name, parameter) in network.named_parameters())
        {
            var gradient = MemoryMarshal.Cast<byte, double>(parameter.grad!.contiguous().bytes);
            var weights = MemoryMarshal.Cast<byte, double>(parameter.bytes);
            for (int i = 0; i < weights.Length; i++)
            {
                double weight = weights[i];
                weights[i] = weight + Step;
                double above = Loss();
                weights[i] = weight - Step;
                double below = Loss();
                weights[i] = weight;
                Assert.AreEqual((above - below) / (2 * Step), gradient[i], 1e-8, $"{name}[{i}]");
            }
        }

        double Loss()
        {
            using var _ = no_grad();
            using var inner = NewDisposeScope();
            return loss.Mean(network.forward(x), x).item<double>();
        }
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

    /// <summary>The first weights keep the variance of the signal within a factor of 2 through ten layers (He et al. 2015; Glorot and Bengio 2010).</summary>
    [TestMethod]
    [DataRow(Activation.Relu)]
    [DataRow(Activation.LeakyRelu)]
    [DataRow(Activation.Identity)]
    public void SignalsKeepTheirSizeThroughManyLayers(Activation activation)
    {
        using var scope = NewDisposeScope();
        var random = new SeededRandom(3);
        var layers = Enumerable.Range(0, 10).Select(_ => new DenseLayer(400, 400, activation, random)).ToArray();
        var x = tensor(Support.Normal(100 * 400, 2), [100, 400]);
        foreach (var layer in layers) x = layer.forward(x);
        double square = x.pow(2).mean().item<float>();
        Assert.IsTrue(square is > 0.5 and < 2, $"{square}");
        foreach (var layer in layers) layer.Dispose();
    }

    [TestMethod]
    public void SizesAreChecked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseAutoencoder(0, [], 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseAutoencoder(3, [0], 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DenseAutoencoder(3, [], 0));
    }

    /// <summary>A million columns: the layers next to the input hold 2 million weights, and zeros teach nothing but do no harm.</summary>
    [TestMethod]
    public void AMillionColumnsOfZeros()
    {
        const int Width = 1_000_000;
        using var data = Support.Load(new float[4 * Width], Width, new DataOptions { Scaling = FeatureScaling.Standardize });
        using var network = new DenseAutoencoder(Width, [], 2);
        var history = TrainingLoop.Run(network, Reconstruction.Objective(network, ReconstructionLoss.MeanSquaredError), data.Training, null,
            new TrainingOptions { Epochs = 2 });
        Assert.AreEqual(0, history.Epochs[1].Loss);
    }
}
