using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class RegularizationTests
{
    static readonly TrainingOptions options = new() { Epochs = 60, BatchSize = 50, Optimizer = new Adam { LearningRate = 0.01 } };

    static Tensor Doubles(int rows, int width, int seed) =>
        tensor(Support.Normal(rows * width, seed).Select(v => (double)v).ToArray(), [rows, width]);

    public static IEnumerable<object[]> Penalties =>
    [
        [new AbsoluteSparsity { Weight = 0.3 }],
        [new TargetSparsity { Weight = 0.3, Target = 0.2 }],
        [new Contraction { Weight = 0.3, Probes = 9 }],
    ];

    /// <summary>The whole training loss, the gradient of a gradient with the contraction.</summary>
    [TestMethod]
    [DynamicData(nameof(Penalties))]
    public void GradientsEqualFiniteDifferences(CodePenalty penalty)
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(4, [5], 3, Activation.Tanh, seed: 11, codeActivation: Activation.Sigmoid, tiedWeights: true);
        network.to(ScalarType.Float64);
        var x = Doubles(6, 4, 5);
        Support.CheckGradients(network, () => network.TrainingLoss(x, x, ReconstructionLoss.MeanSquaredError, penalty));
    }

    [TestMethod]
    public void SparsityIsTheSumOfAbsoluteCodes()
    {
        using var scope = NewDisposeScope();
        var code = tensor(new double[] { 1, -2, 0, 3, 0.5, -0.5 }, [2, 3]);
        Assert.AreEqual(0.1 * (3 + 4) / 2, new AbsoluteSparsity { Weight = 0.1 }.Compute(code, code).item<double>(), 1e-12);
    }

    /// <summary>Units on for 0.5 and 0.1 of the time, target 0.1: only the first has a divergence.</summary>
    [TestMethod]
    public void SparsityIsTheDivergenceFromItsTarget()
    {
        using var scope = NewDisposeScope();
        var code = tensor(new double[] { 0.9, 0.1, 0.1, 0.1 }, [2, 2]);
        double expected = 0.1 * Math.Log(0.1 / 0.5) + 0.9 * Math.Log(0.9 / 0.5);
        Assert.AreEqual(2 * expected, new TargetSparsity { Weight = 2, Target = 0.1 }.Compute(code, code).item<double>(), 1e-9);
    }

    /// <summary>Of one layer with a logistic code: Σ (h (1 - h))² Σ W² (Rifai et al. 2011, equation 2).</summary>
    [TestMethod]
    public void ContractionIsTheClosedFormOfOneLayer()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(5, [], 3, seed: 2, codeActivation: Activation.Sigmoid);
        network.to(ScalarType.Float64);
        var x = Doubles(7, 5, 3).requires_grad_();
        var code = network.encode(x);
        var weight = network.state_dict()["encoder.0.weight"];
        double expected = ((code * (1 - code)).square() * weight.square().sum(1)).sum(1).mean().item<double>();
        Assert.AreEqual(expected, new Contraction { Weight = 1, Probes = 3 }.Compute(code, x).item<double>(), 1e-12);
    }

    /// <summary>The estimate from random signs has the exact norm as its mean.</summary>
    [TestMethod]
    public void ContractionByProbesIsUnbiased()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(5, [6], 8, Activation.Tanh, seed: 2);
        network.to(ScalarType.Float64);
        var x = Doubles(4, 5, 3).requires_grad_();
        var code = network.encode(x);
        double exact = new Contraction { Weight = 1, Probes = 8 }.Compute(code, x).item<double>();
        manual_seed(5);
        var estimates = Enumerable.Range(0, 400).Select(_ => new Contraction { Weight = 1 }.Compute(code, x).item<double>()).ToArray();
        double mean = estimates.Average(), deviation = Math.Sqrt(estimates.Average(e => (e - mean) * (e - mean)));
        Assert.IsGreaterThan(0, deviation);
        Assert.AreEqual(exact, mean, 5 * deviation / Math.Sqrt(estimates.Length));
    }

    /// <summary>Training on a penalty's weight large enough brings every unit near its target, whatever the target.</summary>
    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.3)]
    public void ActivationsReachTheirTarget(double target)
    {
        using var scope = NewDisposeScope();
        using var data = Support.Load(Support.Plane(500, 8, 1), 8, new DataOptions { Scaling = FeatureScaling.Standardize });
        var architecture = Architecture(new DenseNetwork { HiddenSizes = [], CodeActivation = Activation.Sigmoid }, 8, 6);
        using var model = AutoencoderModel.Train(architecture, data, options with { Epochs = 200 },
            new() { Penalty = new TargetSparsity { Target = target, Weight = 10 } });
        using var plain = AutoencoderModel.Train(architecture, data, options);
        Assert.AreEqual(target, MeanCode(model), 0.15 * target);
        Assert.IsGreaterThan(0.1, Math.Abs(target - MeanCode(plain)), "without the penalty");

        double MeanCode(AutoencoderModel trained) => Codes(trained, Support.Plane(500, 8, 1), 8).Average();
    }

    [TestMethod]
    public void ContractionMakesCodesLessSensitive()
    {
        using var data = Support.Load(Support.Plane(500, 8, 1), 8, new DataOptions { Scaling = FeatureScaling.Standardize });
        var architecture = Architecture(new DenseNetwork { HiddenSizes = [6], CodeActivation = Activation.Tanh }, 8, 3);
        double Sensitivity(CodePenalty? penalty)
        {
            using var model = AutoencoderModel.Train(architecture, data, options, new() { Penalty = penalty });
            var rows = Support.Normal(200 * 8, 9);
            var moved = rows.Select(v => v + 0.01f).ToArray();
            return Codes(model, rows, 8).Zip(Codes(model, moved, 8), (a, b) => (double)(a - b) * (a - b)).Average();
        }
        Assert.IsLessThan(0.5 * Sensitivity(null), Sensitivity(new Contraction { Weight = 1 }));
    }

    /// <summary>Noisy rows near a plane, judged by the distance of their reconstruction from the rows without noise.</summary>
    [TestMethod]
    public void DenoisingBeatsPlainOnNoisyRows()
    {
        const int Width = 12;
        using var data = Support.Load(Support.Plane(2000, Width, 1), Width, new DataOptions { Scaling = FeatureScaling.Standardize });
        var clean = Support.Plane(500, Width, 3);
        var masks = Support.Normal(clean.Length, 8);
        double Error(Corruption? corruption)
        {
            using var model = AutoencoderModel.Train(Architecture(new DenseNetwork { HiddenSizes = [32] }, Width, 6), data, options,
                new() { Corruption = corruption });
            // A fifth of the slots is lost: the mean, 0 in scaled units, stands there.
            var noisy = clean.Select((v, i) => masks[i] < -0.84 ? data.Scaler.Offset[i % Width] : v).ToArray();
            using var block = new FeatureBlock(500, Width);
            for (int r = 0; r < 500; r++) noisy.AsSpan(r * Width, Width).CopyTo(block[r]);
            var rebuilt = new float[clean.Length];
            model.Score(block, 500, default, rebuilt, default, default);
            return rebuilt.Zip(clean, (a, b) => (double)(a - b) * (a - b)).Average();
        }
        Assert.IsLessThan(0.7 * Error(null), Error(new MaskingNoise { Rate = 0.2 }));
    }

    [TestMethod]
    public void CorruptionsHitTheirShare()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var x = tensor(Support.Normal(40_000, 1), [400, 100]) + 10;
        float[] before = Support.ToArray(x), masked = Support.ToArray(new MaskingNoise { Rate = 0.25 }.Apply(x));
        Assert.AreEqual(0.25, Share(masked, (v, _) => v == 0), 5 * Math.Sqrt(0.25 * 0.75 / 40_000));
        Assert.AreEqual(1, Share(masked, (v, i) => v == 0 || v == before[i]));

        var peppered = Support.ToArray(new SaltAndPepperNoise { Rate = 0.4 }.Apply(x));
        float[] low = Support.ToArray(x.amin([0])), high = Support.ToArray(x.amax([0]));
        foreach (var extreme in new[] { low, high })
            Assert.AreEqual(0.2, Share(peppered, (v, i) => v == extreme[i % 100]), 5 * Math.Sqrt(0.2 * 0.8 / 40_000) + 1 / 400.0);
        Assert.AreEqual(1, Share(peppered, (v, i) => v == before[i] || v == low[i % 100] || v == high[i % 100]));

        var noisy = Support.ToArray(new GaussianNoise { StandardDeviation = 0.5 }.Apply(x)).Select((v, i) => (double)v - before[i]).ToArray();
        Assert.AreEqual(0, noisy.Average(), 5 * 0.5 / 200);
        Assert.AreEqual(0.25, noisy.Average(v => v * v), 5 * 0.25 * Math.Sqrt(2) / 200);
        CollectionAssert.AreEqual(before, Support.ToArray(x), "the rows themselves");

        double Share(float[] values, Func<float, int, bool> hit) => values.Where((v, i) => hit(v, i)).Count() / (double)values.Length;
    }

    [TestMethod]
    public void TiedLayersShareTheirWeights()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(5, [4], 2, Activation.Tanh, seed: 7, tiedWeights: true);
        var state = network.state_dict();
        CollectionAssert.AreEqual(
            new[] { "encoder.0.weight", "encoder.0.bias", "encoder.1.weight", "encoder.1.bias", "decoder.0.bias", "decoder.1.bias" },
            state.Keys.ToArray());
        var code = tensor(Support.Normal(6, 1), [3, 2]);
        var hidden = (code.mm(state["encoder.1.weight"]) + state["decoder.0.bias"]).tanh();
        var row = hidden.mm(state["encoder.0.weight"]) + state["decoder.1.bias"];
        CollectionAssert.AreEqual(Support.ToArray(row), Support.ToArray(network.decode(code)), Comparer<float>.Create((a, b) =>
            Math.Abs(a - b) < 1e-6 ? 0 : a.CompareTo(b)));
    }

    [TestMethod]
    public void PretrainedLayersStartLower()
    {
        using var data = Support.Load(Support.Plane(500, 8, 1), 8, new DataOptions { Scaling = FeatureScaling.Standardize });
        var lines = new List<string>();
        double FirstLoss(int pretraining)
        {
            using var model = AutoencoderModel.Train(Architecture(new DenseNetwork { HiddenSizes = [7, 6, 5, 4] }, 8, 2), data,
                options with { Epochs = 1, Log = lines.Add }, new() { PretrainingEpochs = pretraining });
            return model.History.Epochs[0].Loss;
        }
        double without = FirstLoss(0);
        Assert.IsEmpty(lines.Where(line => line.StartsWith("layer")));
        Assert.IsLessThan(0.7 * without, FirstLoss(20));
        foreach (int layer in Enumerable.Range(1, 5)) Assert.IsTrue(lines.Any(line => line.StartsWith($"layer {layer} of 5: epoch 20/20")));
    }

    [TestMethod]
    public void ACheckpointOfAnotherObjectiveIsNotContinued()
    {
        string folder = Support.TemporaryFolder();
        using var data = Support.Load(Support.Plane(100, 8, 1), 8);
        void Train(AutoencoderRegularization? how) => AutoencoderModel.Train(Architecture(new DenseNetwork { HiddenSizes = [4] }, 8, 2), data,
            options with { Epochs = 2, CheckpointFolder = folder }, how).Dispose();
        Train(null);
        var error = Assert.ThrowsExactly<TrainingException>(() => Train(new() { Corruption = new MaskingNoise() }));
        StringAssert.Contains(error.Message, "Objective");
        Directory.Delete(folder, true);
    }

    [TestMethod]
    public void DescriptionsSurviveJson()
    {
        AutoencoderRegularization[] all =
        [
            new(), new() { Corruption = new GaussianNoise { StandardDeviation = 0.7 }, PretrainingEpochs = 3 },
            new() { Corruption = new MaskingNoise { Rate = 0.1 }, Penalty = new AbsoluteSparsity { Weight = 2 } },
            new() { Corruption = new SaltAndPepperNoise { Rate = 0.2 }, Penalty = new TargetSparsity { Target = 0.5 } },
            new() { Penalty = new Contraction { Probes = 4 } },
        ];
        foreach (var one in all) Assert.AreEqual(one, JsonSerializer.Deserialize<AutoencoderRegularization>(JsonSerializer.Serialize(one)));
    }

    [TestMethod]
    public void ValuesAreCountedWithoutBuilding()
    {
        foreach (var network in new DenseNetwork[] { new() { HiddenSizes = [] }, new() { HiddenSizes = [7, 3], TiedWeights = true }, new() { HiddenSizes = [9] } })
        {
            var architecture = Architecture(network, 11, 4);
            using var built = architecture.Create(1);
            Assert.AreEqual(built.state_dict().Values.Sum(t => t.numel()), network.CountValues(architecture));
        }
        var absurd = new DenseNetwork { HiddenSizes = [int.MaxValue, int.MaxValue, int.MaxValue] };
        Assert.ThrowsExactly<OverflowException>(() => absurd.CountValues(Architecture(absurd, int.MaxValue, int.MaxValue)));
    }

    [TestMethod]
    public void RangesAreChecked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskingNoise { Rate = 1.1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SaltAndPepperNoise { Rate = -0.1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new GaussianNoise { StandardDeviation = double.NaN });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TargetSparsity { Target = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new AbsoluteSparsity { Weight = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Contraction { Probes = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new AutoencoderRegularization { PretrainingEpochs = -1 });
    }

    static AutoencoderArchitecture Architecture(NetworkDesign network, int width, int code) =>
        new() { InputSize = width, CodeSize = code, Network = network, Activation = Activation.Tanh };

    static float[] Codes(AutoencoderModel model, float[] rows, int width)
    {
        int count = rows.Length / width;
        using var block = new FeatureBlock(count, width);
        for (int r = 0; r < count; r++) rows.AsSpan(r * width, width).CopyTo(block[r]);
        var codes = new float[count * model.Architecture.CodeSize];
        model.Score(block, count, codes, default, default, default);
        return codes;
    }
}
