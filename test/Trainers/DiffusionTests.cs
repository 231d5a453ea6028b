using System.Globalization;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>The process that adds noise, the networks that tell it from data, and their training.</summary>
[TestClass]
public class DiffusionTests
{
    public static IEnumerable<object[]> Schedules =>
        [[new LinearNoise()], [new LinearNoise { Steps = 50 }], [new CosineNoise()], [new CosineNoise { Steps = 7, Offset = 0.1 }]];

    /// <summary>Mean and variance after so many single steps, each z' = √(1 - β) z + √β ε, are those of the closed form.</summary>
    [TestMethod]
    [DynamicData(nameof(Schedules))]
    public void TheClosedFormIsThatOfTheSteps(NoiseSchedule schedule)
    {
        var levels = new NoiseLevels(schedule);
        double mean = 1, variance = 0;
        var added = schedule.Variances();
        Assert.HasCount(schedule.Steps, added);
        for (int t = 0; t < added.Length; t++)
        {
            mean *= Math.Sqrt(1 - added[t]);
            variance = (1 - added[t]) * variance + added[t];
            Assert.AreEqual(1, levels.Signal(t) / mean, 1e-10);
            Assert.AreEqual(variance, levels.Noise(t) * levels.Noise(t), 1e-12);
        }
        Assert.AreEqual((1.0, 0.0), (levels.Signal(-1), levels.Noise(-1)));
        Assert.IsLessThan(0.02, levels.Signal(added.Length - 1), "noise alone is left");
    }

    /// <summary>The two papers' own formulas.</summary>
    [TestMethod]
    public void SchedulesAreThoseOfThePapers()
    {
        var linear = new LinearNoise().Variances();
        Assert.AreEqual(1e-4, linear[0], 1e-15);
        Assert.AreEqual(0.02, linear[^1], 1e-15);
        Assert.AreEqual((linear[0] + linear[^1]) / 2, (linear[499] + linear[500]) / 2, 1e-15);

        var cosine = new NoiseLevels(new CosineNoise());
        double Share(int t) => Math.Pow(Math.Cos((t / 1000.0 + 0.008) / 1.008 * Math.PI / 2), 2);
        for (int t = 0; t < 998; t++) Assert.AreEqual(1, cosine.Left(t) / (Share(t + 1) / Share(0)), 1e-9); // the last are cut off at 0.999
    }

    [TestMethod]
    [DataRow(DiffusionPrediction.Noise)]
    [DataRow(DiffusionPrediction.Data)]
    [DataRow(DiffusionPrediction.Velocity)]
    public void EachPredictionTellsDataAndNoise(DiffusionPrediction prediction)
    {
        using var scope = NewDisposeScope();
        var data = tensor(Support.Normal(12, 1), [4, 3]).to(ScalarType.Float64);
        var noise = tensor(Support.Normal(12, 2), [4, 3]).to(ScalarType.Float64);
        var levels = new NoiseLevels(new LinearNoise());
        foreach (int t in new[] { 0, 400, 999 })
        {
            double signal = levels.Signal(t), level = levels.Noise(t);
            var noisy = signal * data + level * noise;
            var target = prediction.Target(data, noise, full(4, 1, signal, dtype: ScalarType.Float64), full(4, 1, level, dtype: ScalarType.Float64));
            var estimate = prediction.Read(target, noisy, signal, level);
            Assert.IsTrue(estimate.Data.allclose(data, 0, 1e-10));
            Assert.IsTrue(estimate.Noise.allclose(noise, 0, 1e-10));
        }
    }

    /// <summary>A design, the values of a row, and the number of classes.</summary>
    public static IEnumerable<object[]> Designs =>
    [
        [new DenseDenoiser { HiddenSize = 8, Blocks = 2, EmbeddingSize = 6 }, 5, 0],
        [new DenseDenoiser { HiddenSize = 7, Blocks = 1, EmbeddingSize = 4 }, 1, 3],
        [new UNet { Filters = [4, 6], EmbeddingSize = 5, Attention = true }, 64, 2],
        [new UNet { Channels = 3, Height = 5, Width = 7, Filters = [2, 3, 4], EmbeddingSize = 5, PatchSize = 1, Blocks = 2, Attention = true }, 105, 0],
        [new UNet { Channels = 4, Height = 3, Filters = [8], EmbeddingSize = 5 }, 84, 2],
        [new UNet { PatchSize = 3, Filters = [2, 4], EmbeddingSize = 3 }, 49, 3],
    ];

    static Tensor Rows(int rows, int width, int seed = 5) => tensor(Support.Normal(rows * width, seed), [rows, width]);

    static Tensor Places(int rows) => arange(rows, dtype: ScalarType.Float32) / rows;

    static Tensor? Classes(int rows, int classes) => classes == 0 ? null : arange(rows) % (classes + 1);

    /// <summary>All weights differ from 0 and from each other, unlike the first ones.</summary>
    static void Fill(nn.Module network)
    {
        using var unrecorded = no_grad();
        int seed = 1;
        foreach (var parameter in network.parameters())
            parameter.copy_(tensor(Support.Normal((int)parameter.numel(), seed++), parameter.shape).mul(0.3));
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void PredictionsHaveTheSizeOfRowsAndTheDesignCountsTheValues(DenoiserDesign design, int width, int classes)
    {
        using var scope = NewDisposeScope();
        using var network = design.Create(width, classes, seed: 3);
        using var again = design.Create(width, classes, seed: 3);
        using var other = design.Create(width, classes, seed: 4);
        Assert.AreEqual(network.state_dict().Values.Sum(values => values.numel()), design.CountValues(width, classes));
        CollectionAssert.AreEqual(Support.Bytes(network), Support.Bytes(again));
        CollectionAssert.AreNotEqual(Support.Bytes(network), Support.Bytes(other));
        Fill(network);
        var output = network.Predict(Rows(4, width), Places(4), Classes(4, classes));
        CollectionAssert.AreEqual(new long[] { 4, width }, output.shape);
        Assert.IsTrue(output.isfinite().all().item<bool>());
        // Rows do not see each other.
        var alone = network.Predict(Rows(4, width).narrow(0, 2, 1), Places(4).narrow(0, 2, 1), Classes(4, classes)?.narrow(0, 2, 1));
        Assert.IsTrue(output.narrow(0, 2, 1).allclose(alone, 1e-4, 1e-5));
        if (classes > 0)
        {
            var unknown = network.Predict(Rows(4, width), Places(4), full(4, classes, dtype: ScalarType.Int64));
            Assert.IsTrue(unknown.allclose(network.Predict(Rows(4, width), Places(4), null), 1e-4, 1e-5), "no class is the class unknown");
        }
        string json = JsonSerializer.Serialize(design);
        Assert.AreEqual(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<DenoiserDesign>(json)));
    }

    public static IEnumerable<object[]> SmallDesigns =>
    [
        [new DenseDenoiser { HiddenSize = 5, Blocks = 2, EmbeddingSize = 2 }, 3],
        [new UNet { Height = 4, Width = 3, Filters = [2, 3], EmbeddingSize = 2, Attention = true }, 12],
    ];

    [TestMethod]
    [DynamicData(nameof(SmallDesigns))]
    public void GradientsEqualFiniteDifferences(DenoiserDesign design, int width)
    {
        using var scope = NewDisposeScope();
        using var network = design.Create(width, classes: 1, seed: 3);
        Fill(network);
        network.to(ScalarType.Float64);
        // The known class and the unknown one, so that every weight is used.
        var x = Rows(2, width).to(ScalarType.Float64);
        var places = (Places(2) + 0.1).to(ScalarType.Float64);
        Support.CheckGradients(network, () => network.Predict(x, places, Classes(2, 1)).square().mean(), 1e-6);
    }

    /// <summary>The whole U-Net, on an image of odd size with two patches' padding, as PyTorch computes it.</summary>
    [TestMethod]
    public void TheUNetEqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        var design = new UNet { Channels = 3, Height = 9, Width = 6, Filters = [8, 12, 32], EmbeddingSize = 10, Attention = true };
        using var network = design.Create(162, classes: 4, seed: 5);
        Fill(network);
        network.to(ScalarType.Float64);
        var x = Rows(3, 162).to(ScalarType.Float64);
        var places = (Places(3) + 0.05).to(ScalarType.Float64);
        var classes = tensor(new long[] { 0, 4, 2 });
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        using (var file = File.Create(weights))
            SafeTensors.Write(file, [.. network.state_dict().Select(e => (e.Key, e.Value)), ("x", x), ("places", places), ("classes", classes)]);
        string printed = Support.Python(Support.ReadScript + """
            F = torch.nn.functional
            linear = lambda x, n: F.linear(x, w[n + '.weight'], w[n + '.bias'])
            conv = lambda x, n, **how: F.conv2d(x, w[n + '.weight'], w[n + '.bias'], **how)
            def norm(x, n):
                groups = max(g for g in range(1, 9) if 8 % g == 0 and x.shape[1] % g == 0)
                return F.group_norm(x, groups, w[n + '.weight'], w[n + '.bias'])
            angles = 1000 * w['places'][:, None] * torch.exp(-np.log(10000.) * torch.arange(32, dtype=torch.float64) / 32)
            told = torch.cat([torch.sin(angles), torch.cos(angles)], 1)
            told = linear(F.silu(linear(told, 'condition.widen')), 'condition.narrow') + w['condition.weight'][w['classes']]
            told = F.silu(told)
            def block(x, n):
                h = conv(F.silu(norm(x, n + '.firstNormalization')), n + '.first', padding=1) + linear(told, n + '.condition')[:, :, None, None]
                h = conv(F.silu(norm(h, n + '.secondNormalization')), n + '.second', padding=1)
                return h + (conv(x, n + '.shortcut') if n + '.shortcut.weight' in w else x)
            x = F.pad(w['x'].view(3, 3, 9, 6), [0, 0, 0, 1])
            x = conv(F.pixel_unshuffle(x, 2), 'entry', padding=1)
            skipped = []
            for i in '01':
                x = block(x, f'levels.{i}.down.0')
                skipped.append(x)
                x = conv(x, f'levels.{i}.halve', stride=2, padding=1)
            x = block(x, 'before')
            rows, filters, height, width = x.shape
            tokens = norm(x, 'attention.normalization').flatten(2).transpose(1, 2)
            q, k, v = linear(tokens, 'attention.attention.projection').chunk(3, 2)
            mixed = torch.softmax(q @ k.transpose(1, 2) / filters ** 0.5, 2) @ v
            x = x + linear(mixed, 'attention.attention.output').transpose(1, 2).view(x.shape)
            x = block(x, 'after')
            for i in '10':
                s = skipped.pop()
                x = torch.cat([F.interpolate(conv(x, f'levels.{i}.widen'), s.shape[2:]), s], 1)
                x = block(x, f'levels.{i}.up.0')
            x = F.pixel_shuffle(conv(F.silu(norm(x, 'normalization')), 'exit', padding=1), 2)[:, :, :9]
            print(' '.join(map(repr, x.flatten().tolist())))
            """, weights);
        double[] expected = [.. printed.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        double[] actual = [.. network.Predict(x, places, classes).flatten().data<double>()];
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i], 1e-9, $"value {i}");
    }

    [TestMethod]
    public void TheAverageIsTheMovingAverageOfTheWeights()
    {
        using var scope = NewDisposeScope();
        var design = new DenseDenoiser { HiddenSize = 3, Blocks = 1, EmbeddingSize = 2 };
        using var network = new AveragedDenoiser(design.Create(2, 0, 1), design.Create(2, 0, 1), decay: 0.5);
        var live = network.named_parameters().Where(p => p.parameter.requires_grad).ToArray();
        Assert.IsTrue(live.All(p => p.name.StartsWith("denoiser.", StringComparison.Ordinal)));
        double expected = Support.ToArray(live[0].parameter)[0], value = expected;
        for (int n = 0; n < 20; n++)
        {
            double decay = Math.Min(0.5, (1.0 + n) / (10 + n));
            expected = decay * expected + (1 - decay) * value;
            network.Update();
            Assert.AreEqual(expected, Support.ToArray(network.Average.parameters().First())[0], 1e-5);
            value += 0.1;
            using (no_grad()) live[0].parameter.add_(0.1);
        }
    }

    static readonly float[] s_rows = [.. Enumerable.Range(0, 200).SelectMany(r => new float[] { MathF.Sin(r), MathF.Cos(r) * 2, r % 2 == 0 ? 1 : 0, r % 2 })];

    static DiffusionArchitecture Architecture => new()
    {
        InputSize = 3,
        Slots = [new(2, 1, SlotKind.Boolean)],
        ClassShares = [0.5, 0.5],
        Network = new DenseDenoiser { HiddenSize = 16, Blocks = 1, EmbeddingSize = 8 },
        Schedule = new CosineNoise { Steps = 100 },
    };

    static DiffusionModel Train(TrainingOptions options, DiffusionTraining? how = null)
    {
        using var data = Support.Load(s_rows, 4, new DataOptions { TargetSlots = 1, ValidationFraction = 0.2 });
        return DiffusionModel.Train(Architecture, null, data, options, how);
    }

    static byte[] Weights(GenerativeModel model)
    {
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        return stream.ToArray();
    }

    /// <summary>Bit for bit the same from the same seed, also when it was interrupted: the moving average lies in the checkpoint.</summary>
    [TestMethod]
    public void TrainingIsRepeatableAndResumes()
    {
        var options = new TrainingOptions { Epochs = 4, BatchSize = 32, RestoreBest = false };
        using var whole = Train(options);
        using var again = Train(options);
        CollectionAssert.AreEqual(Weights(whole), Weights(again));

        string folder = Support.TemporaryFolder();
        using (Train(options with { Epochs = 2, CheckpointFolder = folder })) { }
        using var resumed = Train(options with { CheckpointFolder = folder });
        Assert.HasCount(4, resumed.History.Epochs);
        CollectionAssert.AreEqual(Weights(whole), Weights(resumed));
        Assert.ThrowsExactly<TrainingException>(() => Train(options with { CheckpointFolder = folder }, new DiffusionTraining { ClassDropout = 0.5 }));
    }

    [TestMethod]
    public void BFloat16Trains()
    {
        using var data = Support.Load([.. Support.Normal(40 * 36, 3).Select(v => 1 / (1 + MathF.Exp(-v)))], 36);
        foreach (DenoiserDesign design in new DenoiserDesign[] { new DenseDenoiser { HiddenSize = 16 }, new UNet { Filters = [8, 8], Attention = true } })
        {
            var architecture = new DiffusionArchitecture { InputSize = 36, UnitRange = true, Network = design };
            double Loss(Precision precision)
            {
                using var model = DiffusionModel.Train(architecture, null, data, new TrainingOptions { Epochs = 10, BatchSize = 10, Precision = precision });
                return model.History.Epochs[^1].Loss;
            }
            Assert.AreEqual(1, Loss(Precision.BFloat16) / Loss(Precision.Float32), 0.05);
        }
    }

    [TestMethod]
    public void GuidanceMixesTheTwoPredictions()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var model = Train(new TrainingOptions { Epochs = 2, BatchSize = 32 });
        var (noisy, classes) = (Rows(5, 3), tensor(new long[] { 0, 1, 1, 0, 1 }));
        // Of the Boolean slot, the network gives log-odds.
        Tensor Noise(double guidance, Tensor? classes)
        {
            var (data, noise) = model.Denoise(noisy, 30, classes, guidance);
            return cat([noise.narrow(1, 0, 2), ((1 + data.narrow(1, 2, 1)) / (1 - data.narrow(1, 2, 1))).log()], 1);
        }
        var (with, without) = (Noise(1, classes), Noise(0, classes));
        Assert.IsTrue(without.equal(Noise(1, null)).all().item<bool>(), "0 is no class");
        Assert.IsFalse(with.allclose(without));
        Assert.IsTrue(Noise(2.5, classes).allclose(without + 2.5 * (with - without), 1e-4, 1e-5));
        Assert.IsTrue(Noise(1.0000001, classes).allclose(with, 1e-4, 1e-5), "both at once are those one by one");
    }

    [TestMethod]
    public void ModelsAreReadBackAndDamagedOnesRefused()
    {
        using var model = Train(new TrainingOptions { Epochs = 1 });
        byte[] weights = Weights(model);
        string json = JsonSerializer.Serialize<GeneratorArchitecture>(model.Architecture);
        var architecture = JsonSerializer.Deserialize<GeneratorArchitecture>(json)!;
        Assert.AreEqual(json, JsonSerializer.Serialize(architecture));
        using (var read = GenerativeModel.Load(new MemoryStream(weights), architecture, model.Scaler.Mode, model.History, CPU))
            CollectionAssert.AreEqual(weights, Weights(read));
        Assert.ThrowsExactly<InvalidDataException>(() => GenerativeModel.Load(new MemoryStream(weights),
            ((DiffusionArchitecture)architecture) with { Network = new DenseDenoiser { HiddenSize = 1 << 20 } }, model.Scaler.Mode, model.History, CPU));
    }

    [TestMethod]
    public void WrongDesignsAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => (Architecture with { Network = new UNet() }).Create(1), "a table is no image");
        Assert.ThrowsExactly<ArgumentException>(() => new DiffusionArchitecture { InputSize = 7, Network = new UNet() }.Create(1), "7 pixels are no square");
        var autoencoder = new AutoencoderArchitecture { InputSize = 3, CodeSize = 2, Network = new DenseNetwork { HiddenSizes = [4] } };
        Assert.ThrowsExactly<ArgumentException>(() => (Architecture with { Autoencoder = autoencoder }).Create(1), "other slots");
        Assert.ThrowsExactly<ArgumentException>(
            () => new DiffusionArchitecture { InputSize = 4, Network = new UNet(), Autoencoder = autoencoder with { InputSize = 4 } }.Create(1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LinearNoise { Steps = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new CosineNoise { Offset = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DiffusionTraining { AverageDecay = 1 });
        Assert.ThrowsExactly<ArgumentException>(() => new UNet { Filters = [] });
    }
}
