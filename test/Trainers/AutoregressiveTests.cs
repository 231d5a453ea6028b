using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class AutoregressiveTests
{
    /// <summary>Slots: two numbers, a Boolean, a category of three by indicators, a key of two, a number.</summary>
    static readonly SlotGroup[] s_mixed =
        [new(2, 1, SlotKind.Boolean), new(3, 3, SlotKind.OneHot), new(6, 1, SlotKind.Key, 2)];

    static AutoregressiveArchitecture Table(int classes = 0) => new()
    {
        InputSize = 8, Slots = s_mixed, ClassShares = classes == 0 ? null : [.. Enumerable.Repeat(1.0 / classes, classes)],
        Network = new MaskedAutoregressiveNetwork { HiddenSize = 24, Blocks = 1, Components = 3 },
    };

    static AutoregressiveArchitecture Binary(int size, int classes = 0) => new()
    {
        InputSize = size, Slots = [new(0, size, SlotKind.Boolean)], ClassShares = classes == 0 ? null : [.. Enumerable.Repeat(1.0 / classes, classes)],
        Network = new MaskedAutoregressiveNetwork { HiddenSize = 24, Blocks = 1 },
    };

    static AutoregressiveArchitecture Image(int channels, int height, int width, int levels, int classes = 0) => new()
    {
        InputSize = channels * height * width, ClassShares = classes == 0 ? null : [.. Enumerable.Repeat(1.0 / classes, classes)],
        Network = new GatedPixelCnn
        {
            Channels = channels, Height = height, Width = width, Levels = levels, Filters = 6, Layers = 2, FirstKernelSize = 5, KernelSize = 3,
        },
    };

    /// <summary>A network that does something, in double precision where it can be.</summary>
    static AutoregressiveModule Network(AutoregressiveArchitecture architecture)
    {
        var network = (AutoregressiveModule)architecture.Create(3);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in network.named_parameters())
            parameter.add_(tensor(Support.Normal((int)parameter.numel(), name.Length)).reshape(parameter.shape) * 0.3);
        network.eval();
        return network;
    }

    /// <summary>All rows of given numbers of values, [rows, slots].</summary>
    static float[][] All(params int[] values)
    {
        IEnumerable<float[]> rows = [[]];
        foreach (int count in values) rows = rows.SelectMany(row => Enumerable.Range(0, count).Select(v => (float[])[.. row, v]));
        return [.. rows];
    }

    static Tensor Rows(float[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);

    [TestMethod]
    public void BinaryRowsSumToOne()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Network(Binary(6, classes: 2));
        var rows = Rows(All(2, 2, 2, 2, 2, 2));
        for (int c = 0; c < 2; c++)
        {
            var labels = full(64, c, dtype: ScalarType.Int64);
            Assert.AreEqual(1, network.LogLikelihood(rows, labels).exp().sum().item<float>(), 1e-5);
        }
        var difference = network.LogLikelihood(rows, zeros(64, dtype: ScalarType.Int64)) - network.LogLikelihood(rows, ones(64, dtype: ScalarType.Int64));
        Assert.IsGreaterThan(0.01f, difference.abs().max().item<float>(), "The class changes nothing.");
    }

    [TestMethod]
    [DataRow(1, 2, 3, 2)]
    [DataRow(1, 2, 2, 3)]
    [DataRow(3, 1, 2, 2)]
    public void ImagesSumToOne(int channels, int height, int width, int levels)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Network(Image(channels, height, width, levels));
        int size = channels * height * width;
        var rows = Rows(All([.. Enumerable.Repeat(levels, size)])) / (levels - 1);
        // The density spread over cells of this size.
        double cell = Math.Pow(levels - 1, -size);
        Assert.AreEqual(1, (network.LogLikelihood(rows, null).exp() * cell).sum().item<float>(), 1e-5);
    }

    /// <summary>Categories summed, numbers integrated: the density of a mixed row.</summary>
    [TestMethod]
    public void MixedRowsIntegrateToOne()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var architecture = new AutoregressiveArchitecture
        {
            InputSize = 4, Slots = [new(1, 1, SlotKind.Key, 3), new(3, 1, SlotKind.Boolean)],
            Network = new MaskedAutoregressiveNetwork { HiddenSize = 16, Blocks = 1, Components = 2 },
        };
        using var network = Network(architecture);
        network.Learn([architecture.Layout.Expand(Rows([.. Support.Plane(60, 2, 1).Chunk(2).Select((v, i) => (float[])[v[0], 1 + i % 3, v[1], i % 2])]))], 0.2);
        // x = sinh u takes wide components in: dx = cosh u du.
        const double step = 0.05;
        double[][] places = [.. All(201, 201).Select(place => (double[])[.. place.Select(p => (p - 100) * step)])];
        float[][] numbers = [.. places.Select(u => (float[])[.. u.Select(v => (float)Math.Sinh(v))])];
        var area = tensor(places.Select(u => step * step * Math.Cosh(u[0]) * Math.Cosh(u[1])).ToArray());
        double sum = 0;
        foreach (var category in All(3, 2))
        {
            float[][] rows = [.. numbers.Select(n => (float[])[n[0], category[0] + 1, n[1], category[1]])];
            sum += (network.LogLikelihood(architecture.Layout.Expand(Rows(rows)), null).exp() * area).sum().item<double>();
        }
        Assert.AreEqual(1, sum, 1e-3);
    }

    public static IEnumerable<object[]> Architectures => [[Table()], [Table(classes: 2)], [Binary(5)], [Image(1, 4, 5, 3)], [Image(1, 5, 4, 2, classes: 2)], [Image(3, 3, 3, 4)]];

    static Tensor? Labels(AutoregressiveArchitecture architecture, int rows) =>
        architecture.Classes == 0 ? null : arange(rows).remainder(architecture.Classes);

    static float[] Row(AutoregressiveArchitecture architecture, int seed)
    {
        var random = new Random(seed);
        var row = new float[architecture.InputSize];
        if (architecture.Network is GatedPixelCnn image) return [.. row.Select(_ => random.Next(image.Levels) / (image.Levels - 1f))];
        foreach (var group in architecture.Layout.Groups)
        {
            var slots = row.AsSpan(group.Start, group.Count);
            if (group.Kind == SlotKind.OneHot) slots[random.Next(group.Count)] = 1;
            else
            {
                foreach (ref float slot in slots)
                    slot = group.Kind switch { SlotKind.Numeric => (float)(2 * random.NextDouble() - 1), SlotKind.Boolean => random.Next(2), _ => 1 + random.Next(group.Categories) };
            }
        }
        return row;
    }

    static AutoregressiveModule Learned(AutoregressiveArchitecture architecture)
    {
        var network = Network(architecture);
        network.Learn([architecture.Layout.Expand(Rows([.. Enumerable.Range(0, 40).Select(i => Row(architecture, i))]))], 0.1);
        return network;
    }

    /// <summary>Every variable against every other: its distribution moves with those before it alone, and each of those moves some.</summary>
    [TestMethod]
    [DynamicData(nameof(Architectures))]
    public void DependsOnWhatComesBefore(AutoregressiveArchitecture architecture)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Learned(architecture);
        var row = Row(architecture, 100);
        var partial = network.Start(1, Labels(architecture, 1));
        int variables = partial.Variables;
        var before = Conditionals(network, architecture, row);
        for (int changed = 0; changed < variables; changed++)
        {
            var (from, slots) = partial.Slots(changed);
            var moved = (float[])row.Clone();
            Enumerable.Range(101, 50).Select(seed => Row(architecture, seed)[from..(from + slots)])
                .First(other => !other.SequenceEqual(row[from..(from + slots)])).CopyTo(moved, from);
            var after = Conditionals(network, architecture, moved);
            for (int v = 0; v < changed; v++) Assert.AreEqual(before[v], after[v], 1e-5f, $"variable {v} moves with variable {changed}");
            if (changed < variables - 1)
                Assert.IsGreaterThan(1e-5f, before.Zip(after).Skip(changed + 1).Max(pair => Math.Abs(pair.First - pair.Second)), $"Nothing moves with {changed}.");
        }
    }

    static float[] Conditionals(AutoregressiveModule network, AutoregressiveArchitecture architecture, float[] row) =>
        Support.ToArray(network.LogConditionals(architecture.Layout.Expand(Rows([row])), Labels(architecture, 1)));

    /// <summary>What is drawn variable by variable, from what is kept of those before, has the distribution that the pass over whole rows tells. So that
    /// distribution does not depend on the variable's own value.</summary>
    [TestMethod]
    [DynamicData(nameof(Architectures))]
    public void DrawsWhatLikelihoodTells(AutoregressiveArchitecture architecture)
    {
        const int draws = 4000;
        const float reach = 40, step = 0.02f;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = Learned(architecture);
        var row = Row(architecture, 100);
        // Even in the square (Weyl 1916).
        var uniform = tensor(Enumerable.Range(0, draws).SelectMany(i => new[] { (i + 0.5f) / draws, (float)(i * 0.6180339887 % 1) }).ToArray(), [draws, 2])
            .clamp(1e-5, 1 - 1e-5);
        var partial = network.Start(draws, Labels(architecture, 1)?.expand(draws));
        for (int v = 0; v < partial.Variables; v++)
        {
            var (start, slots) = partial.Slots(v);
            bool numeric = architecture.Network is MaskedAutoregressiveNetwork
                && architecture.Layout.Groups.Any(group => group.Kind == SlotKind.Numeric && start >= group.Start && start < group.Start + group.Count);
            float[][] drawn = [.. Support.ToArray(partial.Draw(uniform, 1)).Chunk(slots)];
            float[][] values = numeric ? [.. Enumerable.Range(0, (int)(2 * reach / step)).Select(i => (float[])[row[start] - reach + i * step])]
                : [.. drawn.DistinctBy(value => string.Join(' ', value))];
            float[][] rows = [.. values.Select(value => { var copy = (float[])row.Clone(); value.CopyTo(copy, start); return copy; })];
            var shares = Support.ToArray(network.LogConditionals(architecture.Layout.Expand(Rows(rows)), Labels(architecture, 1)?.expand(rows.Length)).select(1, v).exp());
            if (numeric)
            {
                Assert.AreEqual(1, shares.Sum() * step, 1e-3);
                for (float limit = -1; limit <= 1; limit++)
                    Assert.AreEqual(shares.Where((_, i) => values[i][0] < limit).Sum() * step, drawn.Count(value => value[0] < limit) / (double)draws, 0.02);
            }
            else
            {
                double cell = architecture.Network is GatedPixelCnn image ? image.Levels - 1 : 1;
                for (int i = 0; i < values.Length; i++)
                    Assert.AreEqual(shares[i] / cell, drawn.Count(value => value.SequenceEqual(values[i])) / (double)draws, 0.002, $"variable {v}");
            }
            partial.Set(tensor(row.AsSpan(start, slots).ToArray()).expand(draws, slots));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Architectures))]
    public void SurvivesSaving(AutoregressiveArchitecture architecture)
    {
        var again = JsonSerializer.Deserialize<GeneratorArchitecture>(JsonSerializer.Serialize<GeneratorArchitecture>(architecture))!;
        using var network = architecture.Create(1);
        Assert.AreEqual(architecture.CountValues(), network.state_dict().Values.Sum(tensor => tensor.numel()));
        int classes = Math.Min(architecture.Classes, 1);
        float[] rows = [.. Enumerable.Range(0, 30).SelectMany(i => Row(architecture, i).Concat(Enumerable.Repeat((float)(i % 2), classes)))];
        using var data = Support.Load(rows, architecture.InputSize + classes, new DataOptions { Layout = architecture.Layout, TargetSlots = classes });
        using var model = AutoregressiveModel.Train(architecture, data, new TrainingOptions { Epochs = 8 }, new DensityTraining());
        Assert.IsLessThan(model.History.Epochs[0].Loss, model.History.Epochs[^1].Loss);
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        using var loaded = GenerativeModel.Load(stream, again, model.Scaler.Mode, model.History, CPU);
        CollectionAssert.AreEqual(Scores(model), Scores(loaded));

        float[] Scores(GenerativeModel of)
        {
            using var block = new FeatureBlock(1, architecture.InputSize);
            Row(architecture, 7).CopyTo(block[0]);
            var scores = new float[1];
            of.LogLikelihood(block, 1, scores);
            return scores;
        }
    }

    /// <summary>Mixtures of logistic distributions as PyTorch's distributions have them.</summary>
    [TestMethod]
    public void MixtureEqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        var parameters = tensor(Support.Normal(4 * 3 * 9, 1), [4, 3, 9]).to(ScalarType.Float64);
        var x = tensor(Support.Normal(12, 2), [4, 3]).to(ScalarType.Float64);
        string file = Path.Combine(Support.TemporaryFolder(), "mixture.safetensors");
        using (var stream = File.Create(file)) SafeTensors.Write(stream, [("p", parameters), ("x", x)]);
        string answer = Support.Python(Support.ReadScript + """
            from torch.distributions import AffineTransform, Categorical, MixtureSameFamily, SigmoidTransform, TransformedDistribution, Uniform
            p = w['p']
            unit = Uniform(torch.zeros(4, 3, 3, dtype=torch.float64), torch.ones(4, 3, 3, dtype=torch.float64), validate_args=False)
            logistic = TransformedDistribution(unit, [SigmoidTransform().inv, AffineTransform(p[..., 3:6], p[..., 6:].exp())], validate_args=False)
            d = MixtureSameFamily(Categorical(logits=p[..., :3]), logistic, validate_args=False)
            print(json.dumps(d.log_prob(w['x']).reshape(-1).tolist()))
            """, file);
        var expected = JsonSerializer.Deserialize<double[]>(answer)!;
        var actual = MixtureHead.LogLikelihood(x, parameters).flatten().data<double>().ToArray();
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i], 1e-10);
    }

    [TestMethod]
    public void RefusesRowsBeyondUnitRange()
    {
        using var data = Support.Load([0, 255, 3, 7], 4);
        var error = Assert.ThrowsExactly<ArgumentException>(() => AutoregressiveModel.Train(Image(1, 2, 2, 4), data, new(), new()));
        StringAssert.Contains(error.Message, "0 to 1");
        Assert.ThrowsExactly<ArgumentException>(() => Image(1, 2, 3, 4) is var image ? (image with { InputSize = 5 }).CountValues() : 0);
    }

    /// <summary>An exclusive-or of a category and a Boolean, and a number that either moves: what independent columns cannot tell.</summary>
    [TestMethod]
    public void LearnsHowColumnsHangTogether()
    {
        const int rows = 2000;
        var noise = Support.Normal(rows, 3);
        var values = new float[3 * rows];
        for (int row = 0; row < rows; row++)
        {
            int key = row % 2, flag = row / 2 % 2;
            (values[3 * row], values[3 * row + 1], values[3 * row + 2]) = (1 + key, flag, 5 * (key ^ flag) + 0.5f * noise[row]);
        }
        var architecture = new AutoregressiveArchitecture
        {
            InputSize = 3, Slots = [new(0, 1, SlotKind.Key, 2), new(1, 1, SlotKind.Boolean)], Network = new MaskedAutoregressiveNetwork { HiddenSize = 32, Blocks = 1 },
        };
        using var data = Support.Load(values, 3, new DataOptions { Layout = architecture.Layout, Scaling = FeatureScaling.Standardize });
        using var model = AutoregressiveModel.Train(architecture, data, new TrainingOptions { Epochs = 20, Optimizer = new Adam { LearningRate = 5e-3 } },
            new DensityTraining { Noise = 0, Dropout = 0 });
        using var block = new FeatureBlock(rows, 3);
        for (int row = 0; row < rows; row++) values.AsSpan(3 * row, 3).CopyTo(block[row]);
        var scores = new float[rows];
        model.LogLikelihood(block, rows, scores);
        double entropy = 2 * Math.Log(2) + 0.5 * Math.Log(2 * Math.PI * Math.E * 0.25);
        Assert.AreEqual(-entropy, scores.Average(), 0.06);
    }
}
