using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class FlowTests
{
    public static IEnumerable<object[]> Designs =>
    [
        [new FlowDesign { Transform = new AffineTransform(), Steps = 3, HiddenSize = 16 }],
        [new FlowDesign { Transform = new SplineTransform { Range = 2 }, Steps = 3, HiddenSize = 16 }],
        [new FlowDesign { Transform = new AffineTransform(), Steps = 3, HiddenSize = 16, Autoregressive = true }],
        [new FlowDesign { Transform = new SplineTransform { Range = 2 }, Steps = 2, HiddenSize = 16, Autoregressive = true, Blocks = 2, Whitening = false }],
    ];

    /// <summary>A network that does something, in double precision.</summary>
    static FlowNetwork Network(FlowDesign design, int size, int classes = 0)
    {
        var network = new FlowNetwork(design, size, classes, seed: 3);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        network.to(ScalarType.Float64);
        foreach (var (name, parameter) in network.named_parameters())
            parameter.add_(tensor(Support.Normal((int)parameter.numel(), name.Length)).reshape(parameter.shape) * 0.15);
        network.eval();
        return network;
    }

    static Tensor Rows(int rows, int size, int seed) => tensor(Support.Normal(rows * size, seed), [rows, size]).to(ScalarType.Float64);

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void GenerateUndoesNormalize(FlowDesign design)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (int size in new[] { 1, 2, 5 })
        {
            using var network = Network(design, size, classes: 3);
            network.Whitening?.Learn([Rows(50, size, 5)], noise: 0.3);
            var x = Rows(40, size, 1) * 3; // reaches beyond the splines
            var labels = arange(40).remainder(3);
            var z = network.Normalize(x, labels).Latents;
            AssertClose(x, network.Generate(z, labels), 1e-7);
            Assert.IsGreaterThan(0.1, (z - network.Normalize(x, labels.flip(0)).Latents).abs().max().item<double>(), "The class changes nothing.");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void DeterminantIsThatOfNumericalJacobian(FlowDesign design)
    {
        const int size = 4, rows = 6;
        const double step = 1e-6;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Network(design, size);
        network.Whitening?.Learn([Rows(50, size, 5)], noise: 0.3);
        var x = Rows(rows, size, 2) * 1.5;
        var columns = Enumerable.Range(0, size).Select(slot =>
        {
            var moved = zeros_like(x);
            moved.select(1, slot).fill_(step);
            return (network.Normalize(x + moved, null).Latents - network.Normalize(x - moved, null).Latents) / (2 * step);
        });
        var expected = stack(columns, 2).det().abs().log();
        AssertClose(expected, network.Normalize(x, null).LogDeterminant, 1e-6);
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void GradientsEqualFiniteDifferences(FlowDesign design)
    {
        var transform = design.Transform is SplineTransform spline ? spline with { Bins = 3 } : design.Transform;
        using var network = Network(design with { HiddenSize = 3, Steps = 2, Blocks = 1, Transform = transform }, 3);
        using var x = Rows(5, 3, 4);
        Support.CheckGradients(network, () => -network.LogLikelihood(x, null).mean(), 1e-6);
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void DensityIntegratesToOne(FlowDesign design)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Network(design, 2);
        // x = sinh u takes the heavy tails in: dx = cosh u du.
        const double step = 0.05;
        const int points = 281;
        var u = (arange(points, dtype: ScalarType.Float64) - points / 2) * step;
        var grid = stack([u.sinh().repeat(points), u.sinh().unsqueeze(1).repeat(1, points).flatten()], 1);
        var area = (u.cosh().unsqueeze(1) * u.cosh()).flatten() * (step * step);
        Assert.AreEqual(1, (network.LogLikelihood(grid, null).exp() * area).sum().item<double>(), 2e-3);
    }

    [TestMethod]
    public void BeginsAsFullCovarianceGaussian()
    {
        const int size = 5;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = new FlowNetwork(new FlowDesign(), size, 0, seed: 1);
        var rows = tensor(Support.Plane(300, size, 1), [300, size]);
        network.Whitening!.Learn([rows.narrow(0, 0, 100), rows.narrow(0, 100, 200)], noise: 0.1);
        var x = rows.to(ScalarType.Float64);
        var mean = x.mean([0L]);
        var covariance = (x - mean).t().matmul(x - mean) / 300 + 0.01 * eye(size, dtype: ScalarType.Float64);
        var z = network.Whitening.Normalize(rows, null);
        var centered = x - mean;
        var expected = -0.5 * ((centered.matmul(covariance.inverse()) * centered).sum(1) + covariance.logdet() + size * Math.Log(2 * Math.PI));
        AssertClose(expected, (z.LogDeterminant - 0.5 * (z.Latents * z.Latents).sum(1) - 0.5 * size * Math.Log(2 * Math.PI)).to(ScalarType.Float64), 1e-3);
        // Heavy tails apart, the steps change nothing.
        var steps = network.named_children().Single(child => child.name == "steps").module;
        foreach (var step in steps.children().OfType<CouplingStep>())
        {
            var (values, determinant) = step.Normalize(z.Latents, null);
            Assert.AreEqual(0, determinant.abs().max().item<float>(), 1e-4);
            AssertClose(z.Latents.sum(1).to(ScalarType.Float64), values.sum(1).to(ScalarType.Float64), 1e-4);
        }
    }

    [TestMethod]
    public void LearnsBananaAndItsClasses()
    {
        // y = ± (x² - 1) + noise: the sign is the class.
        const int rows = 3000;
        var normal = Support.Normal(2 * rows, 1);
        var values = new float[3 * rows];
        for (int row = 0; row < rows; row++)
        {
            float x = normal[2 * row], sign = row % 3 == 0 ? -1 : 1;
            values[3 * row] = 10 + 2 * x;
            values[3 * row + 1] = sign * (x * x - 1) + 0.2f * normal[2 * row + 1];
            values[3 * row + 2] = row % 3 == 0 ? 1 : 0;
        }
        using var data = Support.Load(values, 3, new DataOptions { Scaling = FeatureScaling.Standardize, TargetSlots = 1 });
        var architecture = new FlowArchitecture { InputSize = 2, ClassShares = [2 / 3.0, 1 / 3.0], Flow = new FlowDesign { Steps = 4, HiddenSize = 24 } };
        using var model = FlowModel.Train(architecture, data, new TrainingOptions { Epochs = 15, Optimizer = new Adam { LearningRate = 5e-3 } },
            new DensityTraining { Noise = 0, Dropout = 0 });

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var noise = new RowNoise(1, 0, rows);
        for (int c = 0; c < 2; c++)
        {
            var drawn = Support.ToArray(model.Decode(model.DrawLatents(noise, null), full(rows, c, dtype: ScalarType.Int64), noise));
            model.Scaler.Invert(drawn);
            double[] x = [.. drawn.Where((_, i) => i % 2 == 0).Select(v => (v - 10) / 2.0)], y = [.. drawn.Where((_, i) => i % 2 == 1).Select(v => (double)v)];
            Assert.AreEqual(0, x.Average(), 0.1);
            Assert.AreEqual(1, x.Average(v => v * v), 0.12);
            Assert.AreEqual(0, y.Average(), 0.15);
            // E[|x| y] = ± (E[|x|³] - E[|x|]) = ± √(2/π)
            Assert.AreEqual((c == 0 ? 1 : -1) * Math.Sqrt(2 / Math.PI), x.Zip(y, (a, b) => Math.Abs(a) * b).Average(), 0.15);
        }

        // The density is in the units of the rows, and a mixture over the classes.
        double truth = 0;
        var held = Support.Normal(2 * 500, 9);
        using var block = new FeatureBlock(500, 2);
        for (int row = 0; row < 500; row++)
        {
            float x = held[2 * row], sign = row % 3 == 0 ? -1 : 1;
            (block[row][0], block[row][1]) = (10 + 2 * x, sign * (x * x - 1) + 0.2f * held[2 * row + 1]);
            double Normal(double value, double deviation) => Math.Exp(-0.5 * value * value / deviation / deviation) / deviation / Math.Sqrt(2 * Math.PI);
            truth += Math.Log(Normal(x, 1) / 2 * (2 * Normal(block[row][1] - (x * x - 1), 0.2) + Normal(block[row][1] + (x * x - 1), 0.2)) / 3) / 500;
        }
        var likelihoods = new float[500];
        model.LogLikelihood(block, 500, likelihoods);
        Assert.AreEqual(truth, likelihoods.Average(), 0.15);
        Assert.IsLessThan(truth + 0.05, likelihoods.Average());
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void SurvivesSaving(FlowDesign design)
    {
        var architecture = new FlowArchitecture { InputSize = 4, Flow = design, ClassShares = [0.5, 0.5] };
        var again = (FlowArchitecture)JsonSerializer.Deserialize<GeneratorArchitecture>(JsonSerializer.Serialize<GeneratorArchitecture>(architecture))!;
        Assert.AreEqual(design, again.Flow);
        using var data = Support.Load([.. Support.Plane(64, 4, 1).Chunk(4).SelectMany((row, i) => row.Append(i % 2))], 5,
            new DataOptions { Scaling = FeatureScaling.Standardize, TargetSlots = 1 });
        using var model = FlowModel.Train(architecture, data, new TrainingOptions { Epochs = 2 }, new DensityTraining());
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        using var loaded = (FlowModel)GenerativeModel.Load(stream, again, model.Scaler.Mode, model.History, CPU);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var noise = new RowNoise(5, 0, 7);
        var classes = zeros(7, dtype: ScalarType.Int64);
        var expected = Support.ToArray(model.Decode(model.DrawLatents(noise, classes), classes, noise));
        CollectionAssert.AreEqual(expected, Support.ToArray(loaded.Decode(loaded.DrawLatents(noise, classes), classes, noise)));
        using var network = architecture.Create(1);
        Assert.AreEqual(architecture.CountValues(), network.state_dict().Values.Sum(tensor => tensor.numel()));
    }

    [TestMethod]
    public void RefusesCategories()
    {
        var architecture = new FlowArchitecture { InputSize = 3, Flow = new(), Slots = [new SlotGroup(1, 2, SlotKind.OneHot)] };
        using var data = Support.Load([1, 0, 1, 2, 1, 0], 3, new DataOptions { Layout = architecture.Layout });
        var error = Assert.ThrowsExactly<ArgumentException>(() => FlowModel.Train(architecture, data, new(), new()));
        StringAssert.Contains(error.Message, "OneHot");
    }

    [TestMethod]
    public void SurvivesConstantColumnAndOneRow()
    {
        foreach (int rows in new[] { 1, 40 })
        {
            var values = Support.Plane(rows, 3, 1);
            for (int i = 1; i < values.Length; i += 3) values[i] = 7;
            using var data = Support.Load(values, 3, new DataOptions { Scaling = FeatureScaling.Standardize });
            using var model = FlowModel.Train(new FlowArchitecture { InputSize = 3, Flow = new() }, data, new TrainingOptions { Epochs = 3 }, new());
            Assert.IsTrue(model.History.Epochs.All(epoch => double.IsFinite(epoch.Loss)));
        }
    }

    static void AssertClose(Tensor expected, Tensor actual, double tolerance) =>
        Assert.IsLessThanOrEqualTo(tolerance, (expected - actual).abs().max().item<double>());
}
