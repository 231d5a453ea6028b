using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

/// <summary>The way from noise to rows: with denoisers that are known exactly, and with trained ones.</summary>
[TestClass]
public class DiffusionSamplingTests
{
    /// <summary>Two standard deviations beyond which one normal number in 10,000 lies.</summary>
    const double Rare = 4;

    static readonly NoiseLevels s_levels = new(new CosineNoise { Steps = 200 });

    static Tensor Run(DiffusionSampling options, RowNoise noise, int width, Func<Tensor, int, Tensor> data, NoiseLevels? levels = null)
    {
        levels ??= s_levels;
        Tensor Normal(NoiseUse use, int step) => noise.Normal(width, use, step).to(ScalarType.Float64);
        return new ReverseProcess(levels, options).Run(Normal(NoiseUse.Latents, 0),
            (noisy, time) => DenoisingEstimate.OfData(data(noisy, time), noisy, levels.Signal(time), levels.Noise(time)),
            time => Normal(NoiseUse.Steps, time));
    }

    /// <summary>The mean of normal rows given their noised form: what a perfect network would say.</summary>
    static Func<Tensor, int, Tensor> Normal(double[] mean, double[,] covariance) => (noisy, time) =>
    {
        double a = s_levels.Signal(time), s = s_levels.Noise(time);
        int width = mean.Length;
        var (center, cov) = (tensor(mean), tensor(covariance));
        var gain = (a * cov).matmul(linalg.inv(a * a * cov + s * s * eye(width, dtype: ScalarType.Float64)));
        return center + (noisy - a * center).matmul(gain.t());
    };

    /// <summary>A posterior step written down from Ho et al. 2020, equations 6 and 7, against DDIM at eta 1; over all steps and over some.</summary>
    [TestMethod]
    [DataRow(200)]
    [DataRow(37)]
    public void DdimWithAllNoiseIsTheAncestralSampler(int steps)
    {
        using var scope = NewDisposeScope();
        var noise = new RowNoise(3, 0, 50);
        // Any function will do: here one that is far from linear.
        static Tensor Data(Tensor noisy, int time) => (noisy * 3 + time * 0.01).sin() * 2;
        var ancestral = Run(new() { Sampler = DiffusionSampler.Ancestral, Steps = steps }, noise, 2, Data);
        var ddim = Run(new() { Eta = 1, Steps = steps }, noise, 2, Data);
        Assert.IsTrue(ancestral.allclose(ddim, 1e-7, 1e-7));
        Assert.IsFalse(ancestral.allclose(Run(new() { Steps = steps }, noise, 2, Data)));
        if (steps < s_levels.Steps) return;

        var z = noise.Normal(2, NoiseUse.Latents).to(ScalarType.Float64);
        var added = new CosineNoise { Steps = 200 }.Variances();
        for (int t = 199; t >= 0; t--)
        {
            double kept = 1, before = 1;
            for (int i = 0; i <= t; i++) kept *= 1 - added[i];
            for (int i = 0; i < t; i++) before *= 1 - added[i];
            var mean = Math.Sqrt(before) * added[t] / (1 - kept) * Data(z, t) + Math.Sqrt(1 - added[t]) * (1 - before) / (1 - kept) * z;
            z = mean + Math.Sqrt((1 - before) / (1 - kept) * added[t]) * noise.Normal(2, NoiseUse.Steps, t).to(ScalarType.Float64);
        }
        Assert.IsTrue(ancestral.allclose(z, 1e-7, 1e-7));
    }

    /// <summary>With the score of a normal distribution, every sampler draws from that distribution.</summary>
    [TestMethod]
    [DataRow(DiffusionSampler.Ancestral, 0)]
    [DataRow(DiffusionSampler.Ddim, 0)]
    [DataRow(DiffusionSampler.Ddim, 0.6)]
    public void TheExactScoreGivesTheDistribution(DiffusionSampler sampler, double eta)
    {
        const int rows = 20_000;
        using var scope = NewDisposeScope();
        var covariance = new[,] { { 1.0, -0.6 }, { -0.6, 0.5 } };
        var drawn = Run(new() { Sampler = sampler, Eta = eta, Steps = 200 }, new RowNoise(1, 0, rows), 2, Normal([1.5, -0.5], covariance));
        var mean = drawn.mean([0L]);
        var centered = drawn - mean;
        var found = centered.t().matmul(centered) / rows;
        for (int i = 0; i < 2; i++)
        {
            Assert.AreEqual(i == 0 ? 1.5 : -0.5, mean[i].item<double>(), Rare * Math.Sqrt(covariance[i, i] / rows) + 0.002);
            for (int j = 0; j < 2; j++)
            {
                double deviation = Math.Sqrt((covariance[i, i] * covariance[j, j] + covariance[i, j] * covariance[i, j]) / rows);
                Assert.AreEqual(covariance[i, j], found[i, j].item<double>(), Rare * deviation + 0.02); // the second is what 200 steps leave
            }
        }
    }

    /// <summary>Two clusters of unlike size, which no linear map makes of noise.</summary>
    [TestMethod]
    [DataRow(DiffusionSampler.Ancestral)]
    [DataRow(DiffusionSampler.Ddim)]
    public void TheExactScoreGivesTheClusters(DiffusionSampler sampler)
    {
        const int rows = 10_000;
        const double spread = 0.2, at = 1.2, share = 0.3;
        using var scope = NewDisposeScope();
        // The mean of the row given its noised form: by Bayes, over the two clusters at -at and at.
        Tensor Data(Tensor noisy, int time)
        {
            double a = s_levels.Signal(time), variance = a * a * spread * spread + Math.Pow(s_levels.Noise(time), 2);
            var odds = Math.Log(share / (1 - share)) - 2 * a * at * noisy / variance; // of the cluster at -at
            var center = at * (1 - 2 * odds.sigmoid());
            // Given the cluster, its mean moves by the usual gain.
            return center + a * spread * spread / variance * (noisy - a * center);
        }
        var drawn = Run(new() { Sampler = sampler, Steps = 200 }, new RowNoise(7, 0, rows), 1, Data);
        double left = (drawn < 0).to(ScalarType.Float64).mean().item<double>();
        Assert.AreEqual(share, left, Rare * Math.Sqrt(share * (1 - share) / rows) + 0.01);
        var right = drawn[drawn > 0];
        Assert.AreEqual(at, right.mean().item<double>(), 0.02);
        Assert.AreEqual(spread, right.std().item<double>(), 0.02);
    }

    /// <summary>Few steps of DDIM end where many end, from the same noise.</summary>
    [TestMethod]
    public void DdimNeedsFewSteps()
    {
        using var scope = NewDisposeScope();
        var denoise = Normal([0.5, 0], new[,] { { 0.5, 0.2 }, { 0.2, 0.3 } });
        var noise = new RowNoise(2, 0, 100);
        var many = Run(new() { Steps = 200 }, noise, 2, denoise);
        double last = double.PositiveInfinity;
        foreach (int steps in new[] { 5, 20, 80 })
        {
            double distance = (Run(new() { Steps = steps }, noise, 2, denoise) - many).abs().max().item<double>();
            Assert.IsLessThan(last / 2, distance);
            last = distance;
        }
        Assert.IsLessThan(0.1, last);
    }

    /// <summary>A class from 0, two numbers around its corner of the plane, and a category that goes with the sign of the first number.</summary>
    static float[] Toy(int rows)
    {
        var values = new float[4 * rows];
        using var normal = new RowNoise(11, 0, rows).Normal(2, NoiseUse.Rows);
        var noise = normal.data<float>().ToArray();
        for (int r = 0; r < rows; r++)
        {
            int c = r % 3;
            float x = Corner(c).X + 0.3f * noise[2 * r];
            values[4 * r] = x;
            values[4 * r + 1] = Corner(c).Y + 0.6f * (x - Corner(c).X) + 0.1f * noise[2 * r + 1];
            values[4 * r + 2] = x < 0 ? 1 : 2;
            values[4 * r + 3] = c;
        }
        return values;
    }

    static (float X, float Y) Corner(int c) => c switch { 0 => (-1.5f, 0), 1 => (1.5f, 1), _ => (0, -1.5f) };

    sealed class ToyRows(float[] values) : IRowSource, IRowReader
    {
        int _at;
        public int Width => 4;
        public long? Count => values.Length / 4;
        public IRowReader Open() => new ToyRows(values);

        public bool TryRead(Span<float> row)
        {
            if (_at == values.Length) return false;
            values.AsSpan(_at, 4).CopyTo(row);
            _at += 4;
            return true;
        }

        public void Dispose()
        {
        }
    }

    static readonly SlotGroup[] s_slots = [new(2, 1, SlotKind.Key, 2)];

    static TrainingData ToyData() => TrainingData.Load(new ToyRows(Toy(3000)),
        new DataOptions { TargetSlots = 1, Scaling = FeatureScaling.Standardize, Layout = new SlotLayout(3, s_slots) }, CPU);

    static readonly Lazy<DiffusionModel> s_model = new(() =>
    {
        using var data = ToyData();
        var architecture = new DiffusionArchitecture
        {
            InputSize = 3,
            Slots = s_slots,
            ClassShares = [1 / 3.0, 1 / 3.0, 1 / 3.0],
            Network = new DenseDenoiser { HiddenSize = 64, Blocks = 2, EmbeddingSize = 32 },
        };
        return DiffusionModel.Train(architecture, null, data,
            new TrainingOptions { Epochs = 50, BatchSize = 128, Optimizer = new Adam { LearningRate = 3e-3 }, Schedule = new CosineSchedule() },
            new DiffusionTraining { AverageDecay = 0.99 });
    });

    static float[] Draw(RowGenerator generator, int seed, int count, Func<int, int> classOf, int first = 0)
    {
        var rows = new float[3 * count];
        generator.Generate(new RowNoise(seed, first, count), [.. Enumerable.Range(first, count).Select(classOf)], rows);
        return rows;
    }

    static double[] Column(float[] rows, int slot, Func<int, bool>? where = null) =>
        [.. Enumerable.Range(0, rows.Length / 3).Where(r => where?.Invoke(r) ?? true).Select(r => (double)rows[3 * r + slot])];

    static double Deviation(double[] values) => Math.Sqrt(values.Average(v => (v - values.Average()) * (v - values.Average())));

    [TestMethod]
    [DataRow(DiffusionSampler.Ddim, 30)]
    [DataRow(DiffusionSampler.Ancestral, 100)]
    public void RowsFollowTheirClassAndTheirColumnsEachOther(DiffusionSampler sampler, int steps)
    {
        var rows = Draw(RowGenerator.Of(s_model.Value, new DiffusionSampling { Sampler = sampler, Steps = steps }), 1, 900, r => r % 3);
        for (int c = 0; c < 3; c++)
        {
            double[] x = Column(rows, 0, r => r % 3 == c), y = Column(rows, 1, r => r % 3 == c);
            Assert.AreEqual(Corner(c).X, x.Average(), 0.1);
            Assert.AreEqual(Corner(c).Y, y.Average(), 0.1);
            Assert.AreEqual(0.3, Deviation(x), 0.1);
            double slope = x.Zip(y, (a, b) => (a - x.Average()) * (b - y.Average())).Average() / Math.Pow(Deviation(x), 2);
            Assert.AreEqual(0.6, slope, 0.15);
        }
        var category = Column(rows, 2);
        Assert.IsTrue(category.All(k => k is 1 or 2), "whole categories");
        Assert.IsGreaterThan(0.95, category.Zip(Column(rows, 0), (k, x) => k == (x < 0 ? 1 : 2) ? 1.0 : 0).Average());
    }

    /// <summary>Without guidance towards a class, rows are of all classes alike; with more of it, they keep further from the others.</summary>
    [TestMethod]
    public void GuidanceSharpens()
    {
        var free = Column(Draw(RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 30, Guidance = 0 }), 1, 600, _ => 1), 0);
        Assert.AreEqual(1 / 3.0, free.Count(x => x > 0.75) / 600.0, 0.08);
        var plain = Column(Draw(RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 30 }), 1, 600, _ => 1), 0);
        var guided = Column(Draw(RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 30, Guidance = 3 }), 1, 600, _ => 1), 0);
        Assert.IsGreaterThan(0.98, plain.Count(x => x > 0.5) / 600.0);
        Assert.IsGreaterThan(plain.Average(), guided.Average());
    }

    [TestMethod]
    [DataRow(DiffusionSampler.Ddim, 0.0)]
    [DataRow(DiffusionSampler.Ddim, 0.5)]
    [DataRow(DiffusionSampler.Ancestral, 0.0)]
    public void RowsDoNotDependOnTheirBlock(DiffusionSampler sampler, double eta)
    {
        var generator = RowGenerator.Of(s_model.Value, new DiffusionSampling { Sampler = sampler, Steps = 20, Eta = eta, Guidance = 1.5 });
        var whole = Draw(generator, 4, 30, r => r % 3);
        float[] parts = [.. Draw(generator, 4, 7, r => r % 3), .. Draw(generator, 4, 23, r => r % 3, 7)];
        for (int i = 0; i < whole.Length; i++) Assert.AreEqual(whole[i], parts[i], 1e-3);
        CollectionAssert.AreEqual(whole, Draw(generator, 4, 30, r => r % 3), "the same seed");
        CollectionAssert.AreNotEqual(whole, Draw(generator, 5, 30, r => r % 3), "another seed");
    }

    [TestMethod]
    public void AModelThatIsReadBackDrawsTheSame()
    {
        var model = s_model.Value;
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        using var read = GenerativeModel.Load(stream, model.Architecture, model.Scaler.Mode, model.History, CPU);
        CollectionAssert.AreEqual(Draw(RowGenerator.Of(model), 3, 20, r => r % 3), Draw(RowGenerator.Of(read), 3, 20, r => r % 3));
    }

    [TestMethod]
    public void CompletionKeepsWhatIsKnownAndFitsTheRest()
    {
        const int count = 300;
        var generator = RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 100, Eta = 1 });
        Assert.IsTrue(generator.CanComplete);
        bool[] Known(params bool[] slots) => [.. Enumerable.Repeat(slots, count).SelectMany(slot => slot)];
        var rows = new float[3 * count];
        for (int r = 0; r < count; r++) (rows[3 * r], rows[3 * r + 1], rows[3 * r + 2]) = (1.2f + 0.002f * r, float.NaN, float.NaN);
        var given = Column(rows, 0);
        generator.Complete(new RowNoise(1, 0, count), Enumerable.Repeat(1, count).ToArray(), Known(true, false, false), rows);
        CollectionAssert.AreEqual(given, Column(rows, 0));
        double[] miss = [.. Enumerable.Range(0, count).Select(r => rows[3 * r + 1] - (Corner(1).Y + 0.6 * (given[r] - Corner(1).X)))];
        Assert.AreEqual(0, miss.Average(), 0.1);
        Assert.IsLessThan(0.25, Deviation(miss));
        Assert.IsTrue(Column(rows, 2).All(k => k == 2));

        // A category that is known moves a number: of class 2, whose first number has either sign.
        rows = [.. Enumerable.Repeat(new[] { 0f, 0f, 1f }, count).SelectMany(row => row)];
        generator.Complete(new RowNoise(1, 0, count), Enumerable.Repeat(2, count).ToArray(), Known(false, false, true), rows);
        Assert.IsTrue(Column(rows, 2).All(k => k == 1));
        Assert.IsGreaterThan(0.8, Column(rows, 0).Count(x => x < 0) / (double)count);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TheTrajectoryLeadsToTheRows(bool estimates)
    {
        var generator = (DiffusionGenerator)RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 20 });
        int[] classes = [.. Enumerable.Range(0, 200).Select(r => r % 3)];
        foreach (int frames in new[] { 2, 5, 21 })
        {
            var stages = generator.Trajectory(new RowNoise(6, 0, 200), classes, frames, estimates);
            Assert.HasCount(frames, stages);
            CollectionAssert.AreEqual(Draw(generator, 6, 200, r => r % 3), stages[^1]);
            // Noise is the same around every class; the first guess of a row without noise is its class's middle.
            var first = Column(stages[0], 0, r => classes[r] == 1);
            if (estimates) Assert.AreEqual(Corner(1).X, first.Average(), 0.2);
            else Assert.AreEqual(s_model.Value.Scaler.Offset[0], first.Average(), Rare / s_model.Value.Scaler.Scale[0] / Math.Sqrt(first.Length));
        }
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => generator.Trajectory(new RowNoise(6, 0, 200), classes, 22));
    }

    /// <summary>With the score of a normal distribution, the noise of a row is the standardised row.</summary>
    [TestMethod]
    public void TheExactScoreGivesTheNoiseOfARow()
    {
        using var scope = NewDisposeScope();
        var levels = new NoiseLevels(new CosineNoise { Steps = 1000 });
        var process = new ReverseProcess(levels, new DiffusionSampling { Steps = 1000 });
        DenoisingEstimate Denoise(Tensor noisy, int time)
        {
            double a = levels.Signal(time), s = levels.Noise(time), gain = a * 0.25 / (a * a * 0.25 + s * s); // mean 2, deviation 0.5
            return DenoisingEstimate.OfData(2 + (noisy - a * 2) * gain, noisy, a, s);
        }
        var rows = tensor(new[] { 1.0, 2, 3 }, [3, 1]);
        var latents = process.Reverse(rows, Denoise);
        Assert.IsTrue(latents.allclose((rows - 2) / 0.5, 0, 0.02));
        Assert.IsTrue(process.Run(latents, Denoise, null).allclose(rows, 0, 0.01));
    }

    [TestMethod]
    public void RowsComeBackFromTheirNoise()
    {
        var generator = (DiffusionGenerator)RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 250 });
        int[] classes = [.. Enumerable.Range(0, 60).Select(r => r % 3)];
        var rows = Draw(generator, 8, 60, r => classes[r]);
        var latents = generator.Encode(rows, classes);
        Assert.IsLessThan(0.1, rows.Zip(generator.Decode(latents, classes), (a, b) => Math.Abs(a - b)).Average());
        CollectionAssert.AreEqual(rows, generator.Decode(generator.DrawLatents(new RowNoise(8, 0, 60), classes), classes), "rows are drawn by decoding noise");
        var ancestral = (DiffusionGenerator)RowGenerator.Of(s_model.Value, new DiffusionSampling { Sampler = DiffusionSampler.Ancestral });
        Assert.ThrowsExactly<NotSupportedException>(() => ancestral.Encode(rows, classes));
        Assert.ThrowsExactly<ArgumentException>(() => generator.Encode(rows.AsSpan(1), classes));
    }

    [TestMethod]
    public void RowsOfAnotherKindAreDenoisedWorse()
    {
        const int count = 300;
        double Error(Func<int, (float, float, float)> row)
        {
            using var block = new FeatureBlock(count, 3);
            var errors = new float[count];
            for (int r = 0; r < count; r++) (block[r][0], block[r][1], block[r][2]) = row(r);
            s_model.Value.DenoisingError(block, count, errors);
            return errors.Average();
        }
        var rows = Toy(count);
        double usual = Error(r => (rows[4 * r], rows[4 * r + 1], rows[4 * r + 2]));
        Assert.AreEqual(usual, Error(r => (rows[4 * r], rows[4 * r + 1], rows[4 * r + 2])), 0, "the same noise");
        Assert.IsGreaterThan(1.3 * usual, Error(r => (rows[4 * r], -rows[4 * r + 1], rows[4 * r + 2])));
    }

    [TestMethod]
    public void CodesOfAnAutoencoderAreDiffused()
    {
        using var data = ToyData();
        using var features = data.WithoutTargets(3);
        var autoencoder = new AutoencoderArchitecture { InputSize = 3, CodeSize = 2, Slots = s_slots, Network = new DenseNetwork { HiddenSizes = [32] } };
        using var trained = AutoencoderModel.Train(autoencoder, features, new TrainingOptions { Epochs = 20, Optimizer = new Adam { LearningRate = 1e-2 } });
        var architecture = s_model.Value.Architecture with { Autoencoder = autoencoder };
        using var model = DiffusionModel.Train(architecture, trained, data,
            new TrainingOptions { Epochs = 40, Optimizer = new Adam { LearningRate = 3e-3 }, Schedule = new CosineSchedule() },
            new DiffusionTraining { AverageDecay = 0.99 });
        var rows = Draw(RowGenerator.Of(model, new DiffusionSampling { Steps = 30 }), 1, 600, r => r % 3);
        for (int c = 0; c < 3; c++)
        {
            double[] x = Column(rows, 0, r => r % 3 == c), y = Column(rows, 1, r => r % 3 == c);
            Assert.AreEqual(Corner(c).X, x.Average(), 0.2);
            Assert.AreEqual(Corner(c).Y, y.Average(), 0.2);
        }
        Assert.IsTrue(Column(rows, 2).All(k => k is 1 or 2));
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        using var read = GenerativeModel.Load(stream, architecture, model.Scaler.Mode, model.History, CPU);
        CollectionAssert.AreEqual(Draw(RowGenerator.Of(model), 3, 20, r => r % 3), Draw(RowGenerator.Of(read), 3, 20, r => r % 3));
        Assert.ThrowsExactly<ArgumentException>(() => DiffusionModel.Train(architecture, null, data, new TrainingOptions()));
        Assert.IsFalse(RowGenerator.Of(read).CanComplete);
    }

    /// <summary>Pixels never leave their range.</summary>
    [TestMethod]
    public void ImagesStayInTheirRange()
    {
        using var data = TrainingData.Load(new ToyRows([.. Toy(64).Select(v => 1 / (1 + MathF.Exp(-v)))]), new DataOptions(), CPU);
        var architecture = new DiffusionArchitecture { InputSize = 4, UnitRange = true, Network = new UNet { Filters = [8], PatchSize = 1 } };
        using var model = DiffusionModel.Train(architecture, null, data, new TrainingOptions { Epochs = 2 });
        foreach (bool clip in new[] { false, true })
        {
            var rows = new float[40];
            RowGenerator.Of(model, new DiffusionSampling { Steps = 5, ClipData = clip }).Generate(new RowNoise(1, 0, 10), [], rows);
            Assert.IsTrue(rows.All(v => v is >= 0 and <= 1));
        }
    }

    [TestMethod]
    public void WrongOptionsAreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => RowGenerator.Of(s_model.Value, new DiffusionSampling { Steps = 1001 }));
        Assert.ThrowsExactly<ArgumentException>(() => RowGenerator.Of(s_model.Value, new LatentSampling()));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DiffusionSampling { Steps = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DiffusionSampling { Eta = 1.1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DiffusionSampling { Guidance = double.NaN });
    }
}
