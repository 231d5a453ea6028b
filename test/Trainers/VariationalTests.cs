using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>Variational autoencoders against closed forms and PyTorch's distributions.</summary>
[TestClass]
public class VariationalTests
{
    // Three numbers, a Boolean, the indicators of a category of three, and a key of two categories: ten values for the network.
    static readonly SlotGroup[] s_mixed = [new(3, 1, SlotKind.Boolean), new(4, 3, SlotKind.OneHot), new(7, 1, SlotKind.Key, 2)];

    static string Numbers(Tensor tensor) =>
        "[" + string.Join(", ", Support.ToArray(tensor.reshape(-1)).Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "]";

    static float[] Answer(string script) =>
        [.. Support.Python("import torch\nimport torch.distributions as D\ntorch.set_num_threads(1)\n" + script + "\nprint(' '.join(repr(float(v)) for v in answer.reshape(-1)))")
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(value => float.Parse(value, CultureInfo.InvariantCulture))];

    static void AreClose(float[] expected, Tensor actual, float tolerance = 2e-5f)
    {
        var values = Support.ToArray(actual.reshape(-1));
        Assert.HasCount(expected.Length, values);
        for (int i = 0; i < values.Length; i++)
            Assert.AreEqual(expected[i], values[i], tolerance * Math.Max(1, Math.Abs(expected[i])), $"value {i}");
    }

    [TestMethod]
    public void DivergenceEqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        Tensor mean = randn(4, 3), logVariance = randn(4, 3);
        AreClose(Answer($"""
            mean, log = torch.tensor({Numbers(mean)}), torch.tensor({Numbers(logVariance)})
            answer = D.kl_divergence(D.Normal(mean, (log / 2).exp()), D.Normal(torch.zeros(12), torch.ones(12)))
            """), VariationalObjective.Divergence(mean, logVariance));
    }

    [TestMethod]
    [DataRow(NumberLikelihood.Gaussian, "D.Normal(out[:, :3], 0.7)")]
    [DataRow(NumberLikelihood.GaussianPerSlot, "D.Normal(out[:, :3], (log[:3] / 2).exp())")]
    [DataRow(NumberLikelihood.Bernoulli, "D.Bernoulli(logits=out[:, :3], validate_args=False)")]
    public void LikelihoodOfAMixedRowEqualsPyTorch(NumberLikelihood numbers, string distribution)
    {
        using var scope = NewDisposeScope();
        var layout = new SlotLayout(8, s_mixed);
        var rows = tensor(new float[,] { { 0.2f, 0.9f, 0.4f, 1, 0, 1, 0, 2 }, { 0.7f, 0, 1, 0, 0, 0, 1, 1 } });
        Tensor output = randn(2, layout.NetworkSize), log = randn(layout.NetworkSize);
        var ours = new RowLikelihood(numbers, 0.7, layout).PerSlot(new(output, numbers == NumberLikelihood.GaussianPerSlot ? log : null), layout.Expand(rows));
        CollectionAssert.AreEqual(new long[] { 2, 8 }, ours.shape);
        AreClose(Answer($"""
            rows, out, log = torch.tensor({Numbers(rows)}).reshape(2, 8), torch.tensor({Numbers(output)}).reshape(2, 9), torch.tensor({Numbers(log)})
            answer = -({distribution}.log_prob(rows[:, :3]).sum(1) + D.Bernoulli(logits=out[:, 3]).log_prob(rows[:, 3])
                + D.OneHotCategorical(logits=out[:, 4:7]).log_prob(rows[:, 4:7]) + D.Categorical(logits=out[:, 7:9]).log_prob(rows[:, 7] - 1))
            """), ours.sum(1));
    }

    [TestMethod]
    public void ImportanceWeightsOfTheExactPosteriorGiveTheExactLikelihood()
    {
        // x = w z + noise of deviation s: both posterior and likelihood are normal, and every importance weight is p(x).
        using var scope = NewDisposeScope();
        float[] w = [0.8f, -1.3f], x = [0.5f, 1.1f];
        const double s = 0.6;
        double precision = 1 + (w[0] * w[0] + w[1] * w[1]) / (s * s), center = (w[0] * x[0] + w[1] * x[1]) / (s * s) / precision;
        Tensor mean = full([1, 1], center, dtype: ScalarType.Float32), logVariance = full([1, 1], -Math.Log(precision), dtype: ScalarType.Float32);
        var latents = mean + (logVariance * 0.5).exp() * randn(50, 1);
        var errors = ((tensor(x) - latents * tensor(w)).square() / (2 * s * s) + Math.Log(s * Math.Sqrt(2 * Math.PI))).sum(1);
        // ln N(x; 0, w wᵀ + s² I)
        double a = w[0] * w[0] + s * s, b = w[0] * w[1], d = w[1] * w[1] + s * s, determinant = a * d - b * b;
        double expected = -Math.Log(2 * Math.PI) - 0.5 * Math.Log(determinant) - 0.5 * (d * x[0] * x[0] - 2 * b * x[0] * x[1] + a * x[1] * x[1]) / determinant;
        Assert.AreEqual(expected, VariationalObjective.ImportanceWeighted(errors, latents, mean, logVariance, null).item<float>(), 1e-4);
    }

    static VariationalArchitecture Small(int width, NumberLikelihood likelihood = NumberLikelihood.GaussianPerSlot, double[]? shares = null,
        SlotGroup[]? slots = null) => new()
    {
        InputSize = width,
        Slots = slots,
        ClassShares = shares,
        LatentSize = 2,
        FeatureSize = 6,
        Network = new DenseNetwork { HiddenSizes = [5] },
        Activation = Activation.Tanh,
        Likelihood = likelihood,
    };

    [TestMethod]
    [DataRow(NumberLikelihood.Gaussian)]
    [DataRow(NumberLikelihood.GaussianPerSlot)]
    [DataRow(NumberLikelihood.GaussianPerRow)]
    public void ArchitectureCountsItsValues(NumberLikelihood likelihood)
    {
        foreach (var architecture in new[]
        {
            Small(8, likelihood, slots: s_mixed), Small(4, likelihood, [0.2, 0.8]),
            Small(81, likelihood) with { Network = new ConvolutionalNetwork { Filters = [3, 4], Height = 9, Width = 9 } },
        })
        {
            using var network = architecture.Create(seed: 1);
            Assert.AreEqual(network.state_dict().Values.Sum(tensor => tensor.numel()), architecture.CountValues());
        }
    }

    [TestMethod]
    public void GradientsEqualFiniteDifferences()
    {
        var architecture = Small(4, NumberLikelihood.GaussianPerRow, [0.5, 0.5]);
        using var network = (VariationalNetwork)architecture.Create(seed: 1);
        network.to(ScalarType.Float64);
        using var rows = tensor(Array.ConvertAll(Support.Normal(12, 3), value => (double)value), [3, 4]);
        using var classes = tensor(new long[] { 0, 1, 1 });
        using var noise = tensor(Array.ConvertAll(Support.Normal(6, 4), value => (double)value), [3, 2]);
        var likelihood = new RowLikelihood(NumberLikelihood.GaussianPerRow, 1, architecture.Layout);
        Support.CheckGradients(network, () =>
        {
            var (mean, logVariance) = network.Posterior(rows, classes);
            var decoded = network.Decode(mean + (logVariance * 0.5).exp() * noise, classes);
            return likelihood.PerSlot(decoded, rows).sum() + VariationalObjective.Divergence(mean, logVariance).sum();
        }, 1e-7);
    }

    [TestMethod]
    public void WarmUpRaisesBetaOverTheSteps()
    {
        var architecture = Small(4);
        using var network = (VariationalNetwork)architecture.Create(seed: 1);
        using var rows = tensor(Support.Normal(40, 2), [10, 4]);
        var likelihood = new RowLikelihood(architecture.Likelihood, 1, architecture.Layout);
        var warm = VariationalObjective.Of(network, architecture, likelihood, new() { WarmUpSteps = 4, Beta = 2 }, Precision.Float32);
        var whole = VariationalObjective.Of(network, architecture, likelihood, new() { Beta = 2 }, Precision.Float32);
        var none = VariationalObjective.Of(network, architecture, likelihood, new() { Beta = 0 }, Precision.Float32);
        network.train();
        for (int step = 0; step < 6; step++)
        {
            double share = (Loss(warm) - Loss(none)) / (Loss(whole) - Loss(none));
            Assert.AreEqual(Math.Min(step / 4.0, 1), share, 1e-3, $"step {step}");
        }
        network.eval();
        Assert.AreEqual(Loss(whole), Loss(warm), 1e-4, "validation rows are judged with the whole of beta");

        double Loss(Func<Batch, Tensor> objective)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            manual_seed(5);
            return objective(new Batch(rows)).item<float>();
        }
    }

    [TestMethod]
    public void FreeBitsAreTheLeastThatDivergenceCosts()
    {
        var architecture = Small(4);
        using var network = (VariationalNetwork)architecture.Create(seed: 1);
        using var rows = tensor(Support.Normal(40, 2), [10, 4]);
        var likelihood = new RowLikelihood(architecture.Likelihood, 1, architecture.Layout);
        network.train();
        double none = Loss(new() { Beta = 0 }), free = Loss(new() { FreeBits = 7 });
        Assert.AreEqual(7 * architecture.LatentSize, free - none, 1e-3, "a new network's divergence is far below 7 nats");

        double Loss(VariationalTraining how)
        {
            using var scope = NewDisposeScope();
            manual_seed(5);
            return VariationalObjective.Of(network, architecture, likelihood, how, Precision.Float32)(new Batch(rows)).item<float>();
        }
    }

    [TestMethod]
    public void LinearGaussianRowsReachTheirExactLikelihood()
    {
        // Rows on a line with noise: ln p(x) is that of a normal distribution, and no bound can lie above it.
        var values = new float[2 * 4000];
        var random = Support.Normal(3 * 4000, 8);
        for (int row = 0; row < 4000; row++)
            (values[2 * row], values[2 * row + 1]) = (random[3 * row] + 0.3f * random[3 * row + 1], -random[3 * row] + 0.3f * random[3 * row + 2]);
        using var data = Support.Load(values, 2);
        using var model = VariationalModel.Train(Small(2) with { Draws = 64 }, data, new() { Epochs = 60, Schedule = new CosineSchedule(), Optimizer = new Adam { LearningRate = 5e-3 } }, new());
        using var block = new FeatureBlock(2000, 2);
        for (int row = 0; row < 2000; row++) values.AsSpan(2 * row, 2).CopyTo(block[row]);
        var likelihoods = new float[2000];
        model.LogLikelihood(block, 2000, likelihoods);
        // Covariance [[1.09, -1], [-1, 1.09]].
        double expected = -Math.Log(2 * Math.PI) - 0.5 * Math.Log(1.09 * 1.09 - 1) - 1;
        double mean = likelihoods.Average(value => (double)value);
        Assert.AreEqual(expected, mean, 0.05);

        var elbos = new float[2000];
        for (int row = 0; row < 2000; row++) values.AsSpan(2 * row, 2).CopyTo(block[row]);
        model.Score(block, 2000, new() { Bounds = elbos });
        Assert.IsLessThan(mean + 1e-3, elbos.Average(value => (double)value), "the evidence lower bound lies below the importance-weighted one");
    }

    [TestMethod]
    public void RowsAreScoredTheSameWhereverTheyStand()
    {
        using var data = Support.Load(Support.Normal(200, 1), 4);
        using var model = VariationalModel.Train(Small(4), data, new() { Epochs = 1 }, new());
        var values = Support.Normal(40, 9);
        var (all, one) = (new float[20], new float[2]);
        Score(values, all);
        for (int row = 0; row < 10; row++)
        {
            Score(values.AsSpan(4 * row, 4), one);
            Assert.AreEqual(all[2 * row], one[0], 1e-5f);
            Assert.AreEqual(all[2 * row + 1], one[1], 1e-5f);
        }

        void Score(ReadOnlySpan<float> rows, float[] samples)
        {
            using var block = new FeatureBlock(rows.Length / 4, 4);
            for (int row = 0; row < block.Capacity; row++) rows.Slice(4 * row, 4).CopyTo(block[row]);
            model.Score(block, block.Capacity, new() { Samples = samples });
        }
    }

    [TestMethod]
    public void ImportanceSamplesTightenTheBound()
    {
        using var random = new GlobalRandom();
        manual_seed(1);
        using var scope = NewDisposeScope();
        var architecture = Small(4);
        using var network = (VariationalNetwork)architecture.Create(seed: 1);
        network.eval();
        var likelihood = new RowLikelihood(architecture.Likelihood, 1, architecture.Layout);
        using var rows = tensor(Support.Normal(400, 2), [100, 4]);
        double[] losses = [.. new[] { 1, 5, 50 }.Select(draws => Enumerable.Range(0, 20).Average(_ => (double)VariationalObjective.Of(network, architecture, likelihood,
            new() { ImportanceSamples = draws }, Precision.Float32)(new Batch(rows)).item<float>()))];
        Assert.IsGreaterThan(losses[1], losses[0]);
        Assert.IsGreaterThan(losses[2], losses[1]);
    }

    [TestMethod]
    public void SettingsAreChecked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new VariationalTraining { Beta = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new VariationalTraining { ImportanceSamples = 0 });
        Assert.ThrowsExactly<ArgumentException>(() => Small(9) with { Network = new RecurrentNetwork { StepSize = 3 } } is var a ? a.Create(1) : null);
        using var data = Support.Load([-1, 2, 3, 4], 2);
        var error = Assert.ThrowsExactly<ArgumentException>(() => VariationalModel.Train(Small(2, NumberLikelihood.Bernoulli), data, new(), new()));
        StringAssert.Contains(error.Message, "0 to 1");
    }
}
