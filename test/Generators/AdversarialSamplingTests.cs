using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

/// <summary>Rows drawn from adversarial networks.</summary>
[TestClass]
public class AdversarialSamplingTests
{
    const int Rows = 600, Classes = 3;

    sealed class Table(float[] values, int width) : IRowSource, IRowReader
    {
        int _at;

        public int Width => width;

        public long? Count => values.Length / width;

        public IRowReader Open() => new Table(values, width);

        public bool TryRead(Span<float> row)
        {
            if (_at == values.Length) return false;
            values.AsSpan(_at, width).CopyTo(row);
            _at += width;
            return true;
        }

        public void Dispose() { }
    }

    /// <summary>Two numbers around a centre of the class, a category that is that of the class in nine rows of ten, and the class.</summary>
    static float[] Mixed()
    {
        var random = new Random(5);
        var values = new List<float>();
        for (int r = 0; r < Rows; r++)
        {
            int c = r % Classes;
            int category = random.NextDouble() < 0.9 ? c : random.Next(Classes);
            values.AddRange([10 * c + random.NextSingle(), -5 * c + random.NextSingle(), category + 1, c]);
        }
        return [.. values];
    }

    static readonly Lazy<AdversarialModel> s_model = new(() => Train(60, new() { AverageDecay = 0.99, GradientPenalty = 0.1 }));

    static AdversarialModel Train(int epochs, AdversarialTraining how, bool normalized = true)
    {
        SlotGroup[] slots = [new(2, 1, SlotKind.Key, Classes)];
        var architecture = new AdversarialArchitecture
        {
            InputSize = 3, LatentSize = 4, Slots = slots, ClassShares = [1 / 3.0, 1 / 3.0, 1 / 3.0],
            Network = new DenseGan { GeneratorSizes = [32], DiscriminatorSizes = [32], BatchNormalization = normalized },
        };
        using var data = TrainingData.Load(new Table(Mixed(), 4), new DataOptions
        {
            TargetSlots = 1, Scaling = FeatureScaling.Standardize, Layout = new SlotLayout(3, slots),
        }, CPU);
        var options = new TrainingOptions { Epochs = epochs, BatchSize = 50, Optimizer = new Adam { LearningRate = 0.002, Beta1 = 0.5 } };
        return AdversarialModel.Train(architecture, data, options, how);
    }

    static float[] Draw(GenerativeModel model, int[] classes, long first = 0, SamplingOptions? options = null)
    {
        var rows = new float[3 * classes.Length];
        RowGenerator.Of(model, options).Generate(new RowNoise(seed: 8, first, classes.Length), classes, rows);
        return rows;
    }

    static int[] InTurn(int count) => [.. Enumerable.Range(0, count).Select(i => i % Classes)];

    [TestMethod]
    public void RowsFollowTheirClass()
    {
        int[] classes = InTurn(300);
        var rows = Draw(s_model.Value, classes).Chunk(3).ToArray();
        for (int c = 0; c < Classes; c++)
        {
            var own = rows.Where((_, i) => classes[i] == c).ToArray();
            Assert.AreEqual(10 * c + 0.5, own.Average(row => row[0]), 1, $"class {c}");
            Assert.AreEqual(-5 * c + 0.5, own.Average(row => row[1]), 1, $"class {c}");
            // 0.9 and a third of the rest.
            Assert.AreEqual(0.93, own.Average(row => row[2] == c + 1 ? 1.0 : 0), 0.12, $"class {c}");
            foreach (var row in own) Assert.Contains(row[2], new[] { 1f, 2, 3 });
        }
    }

    [TestMethod]
    public void RowsDoNotDependOnTheBlocksTheyAreDrawnIn()
    {
        int[] classes = InTurn(90);
        var whole = Draw(s_model.Value, classes);
        float[] parts = [.. Draw(s_model.Value, classes[..1]), .. Draw(s_model.Value, classes[1..40], 1), .. Draw(s_model.Value, classes[40..], 40)];
        // Matrix products of other sizes sum up in another order.
        for (int i = 0; i < whole.Length; i++) Assert.AreEqual(whole[i], parts[i], 1e-4, $"value {i}");
    }

    [TestMethod]
    public void ASavedModelDrawsTheSameRows()
    {
        var model = s_model.Value;
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        using var loaded = GenerativeModel.Load(stream, model.Architecture, FeatureScaling.Standardize, model.History, CPU);
        CollectionAssert.AreEqual(Draw(model, InTurn(60)), Draw(loaded, InTurn(60)));
    }

    [TestMethod]
    public void TheLikeliestRowsAreLessVaried()
    {
        int[] classes = new int[200];
        var drawn = Draw(s_model.Value, classes).Chunk(3).Select(row => row[2]).Distinct().Count();
        var likeliest = Draw(s_model.Value, classes, options: new LatentSampling { Temperature = 0, DrawOutputs = false }).Chunk(3).ToArray();
        Assert.IsGreaterThan(1, drawn);
        foreach (var row in likeliest) CollectionAssert.AreEqual(likeliest[0], row);
    }

    /// <summary>A generator that stays as it began is seen through.</summary>
    [TestMethod]
    public void TheDiscriminatorTellsRealRows()
    {
        using var model = Train(60, new() { DiscriminatorSteps = 1000, GradientPenalty = 0 }, normalized: false);
        var real = Mixed().Chunk(4).SelectMany(row => row[..3]).ToArray();
        // Log-odds, so 0 is the border.
        Assert.IsGreaterThan(0.95 * Rows, Judge(real, InTurn(Rows)).Count(value => value > 0));
        Assert.IsGreaterThan(0.95 * Rows, Judge(Draw(model, InTurn(Rows)), InTurn(Rows)).Count(value => value < 0));
        Assert.ThrowsExactly<ArgumentException>(() => Judge(real, [.. Enumerable.Repeat(Classes, Rows)]));
        Assert.ThrowsExactly<ArgumentException>(() => Judge(real, []));

        float[] Judge(float[] rows, int[] classes)
        {
            using var block = new FeatureBlock(Rows, 3);
            for (int r = 0; r < Rows; r++) rows.AsSpan(3 * r, 3).CopyTo(block[r]);
            var realism = new float[Rows];
            model.Realism(block, Rows, classes, realism);
            return realism;
        }
    }
}
