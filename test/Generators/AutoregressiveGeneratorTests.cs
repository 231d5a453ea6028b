using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

[TestClass]
public class AutoregressiveGeneratorTests
{
    sealed class ArrayRows(float[] values, int width) : IRowSource
    {
        public int Width => width;

        public long? Count => values.Length / width;

        public IRowReader Open() => new Reader(values, width);

        sealed class Reader(float[] values, int width) : IRowReader
        {
            int _at;

            public bool TryRead(Span<float> row)
            {
                if (_at == values.Length) return false;
                values.AsSpan(_at, width).CopyTo(row);
                _at += width;
                return true;
            }

            public void Dispose()
            {
            }
        }
    }

    static AutoregressiveModel Train(AutoregressiveArchitecture architecture, float[] values, int epochs, FeatureScaling scaling)
    {
        int targets = Math.Min(architecture.Classes, 1);
        using var data = TrainingData.Load(new ArrayRows(values, architecture.InputSize + targets),
            new DataOptions { Layout = new SlotLayout(architecture.InputSize, architecture.Slots), Scaling = scaling, TargetSlots = targets }, CPU);
        return AutoregressiveModel.Train(architecture, data, new TrainingOptions { Epochs = epochs, BatchSize = 32, Optimizer = new Adam { LearningRate = 5e-3 } },
            new DensityTraining { Noise = 0.02, Dropout = 0 });
    }

    /// <summary>Slots: a category of three by indicators; a number near 10 times its place; the class, which the category is when it is below 2.</summary>
    static readonly Lazy<AutoregressiveModel> s_table = new(() =>
    {
        var random = new Random(1);
        var values = new List<float>();
        for (int row = 0; row < 2000; row++)
        {
            int c = row % 2, category = random.Next(4) == 0 ? 2 : c;
            float[] indicators = [0, 0, 0];
            indicators[category] = 1;
            values.AddRange([.. indicators, 10 * category + (float)(random.NextDouble() - 0.5), c]);
        }
        return Train(new AutoregressiveArchitecture
        {
            InputSize = 4, Slots = [new(0, 3, SlotKind.OneHot)], ClassShares = [0.5, 0.5],
            Network = new MaskedAutoregressiveNetwork { HiddenSize = 48, Blocks = 1 },
        }, [.. values], 8, FeatureScaling.Standardize);
    });

    static float[][] Draw(AutoregressiveModel model, int c, int first, int count, double temperature = 1)
    {
        var rows = new float[count * model.Architecture.InputSize];
        RowGenerator.Of(model, new AutoregressiveSampling { Temperature = temperature }).Generate(new RowNoise(7, first, count),
            model.Architecture.Classes == 0 ? [] : [.. Enumerable.Repeat(c, count)], rows);
        return [.. rows.Chunk(model.Architecture.InputSize)];
    }

    [TestMethod]
    public void SamplesFollowTheirClassAndEachOther()
    {
        for (int c = 0; c < 2; c++)
        {
            var rows = Draw(s_table.Value, c, 0, 1000);
            Assert.IsTrue(rows.All(row => row[..3].Count(v => v == 1) == 1 && row[..3].Count(v => v == 0) == 2));
            Assert.AreEqual(0.75, rows.Average(row => row[c]), 0.06);
            Assert.AreEqual(0, rows.Average(row => row[1 - c]), 0.02);
            Assert.IsGreaterThan(0.95, rows.Average(row => Math.Abs(row[3] - 10 * Array.IndexOf(row, 1f)) < 1.5 ? 1 : 0));
        }
        Assert.AreEqual(1, Draw(s_table.Value, 1, 0, 300, temperature: 0.2).Average(row => row[1]), 0.02);
    }

    [TestMethod]
    public void SamplesBelongToTheirRows()
    {
        var all = Draw(s_table.Value, 1, 0, 50);
        // Products of matrices of other sizes may differ in the last digit.
        foreach (var (row, alone) in all[20..30].Zip(Draw(s_table.Value, 1, 20, 10)))
            foreach (var (a, b) in row.Zip(alone)) Assert.AreEqual(a, b, 1e-3f);
        CollectionAssert.AreEqual(all[3], Draw(s_table.Value, 1, 0, 50)[3]);
    }

    [TestMethod]
    public void CompletesWhatIsKnown()
    {
        const int count = 400;
        var generator = (AutoregressiveGenerator)RowGenerator.Of(s_table.Value);
        float[] rows = [.. Enumerable.Range(0, count).SelectMany(row => row % 2 == 0 ? [0, 0, 1, float.NaN] : (float[])[float.NaN, 0, 0, 20.123456f])];
        bool[] known = [.. Enumerable.Range(0, count).SelectMany(row => row % 2 == 0 ? [true, true, true, false] : (bool[])[false, false, false, true])];
        generator.Complete(new RowNoise(1, 0, count), new int[count], known, rows);
        for (int row = 0; row < count; row++)
        {
            var values = rows[(4 * row)..(4 * row + 4)];
            if (row % 2 == 0) CollectionAssert.AreEqual(new float[] { 0, 0, 1 }, values[..3]);
            else Assert.AreEqual(20.123456f, values[3]);
        }
        // The number follows the known category; the category, which comes before the known number, does not follow that.
        Assert.IsGreaterThan(0.97, rows.Chunk(4).Where((_, row) => row % 2 == 0).Average(row => Math.Abs(row[3] - 20) < 1.5 ? 1 : 0));
        Assert.AreEqual(0.25, rows.Chunk(4).Where((_, row) => row % 2 == 1).Average(row => row[2]), 0.08);

        var noise = new RowNoise(1, 0, 1);
        Assert.ThrowsExactly<ArgumentException>(() => generator.Complete(noise, [0], [true, false, false, false], new float[4]));
        Assert.ThrowsExactly<ArgumentException>(() => generator.Complete(noise, [0], [true], new float[4]));
        Assert.ThrowsExactly<InvalidRowException>(() => generator.Complete(noise, [0], [false, false, false, true], [0, 0, 0, float.NaN]));
        Assert.ThrowsExactly<ArgumentException>(() => RowGenerator.Of(s_table.Value, new LatentSampling()));
    }

    /// <summary>Images of one bright line, upright or lying by the class.</summary>
    [TestMethod]
    public void ImagesFollowTheirClassAndWhatIsKnown()
    {
        const int side = 6, size = side * side;
        var random = new Random(1);
        var values = new List<float>();
        for (int row = 0; row < 600; row++)
        {
            int c = row % 2, place = random.Next(side);
            var image = new float[size];
            for (int i = 0; i < side; i++) image[c == 0 ? place * side + i : i * side + place] = 1;
            values.AddRange([.. image, c]);
        }
        using var model = Train(new AutoregressiveArchitecture
        {
            InputSize = size, ClassShares = [0.5, 0.5], Network = new GatedPixelCnn { Levels = 3, Filters = 12, Layers = 3, FirstKernelSize = 5 },
        }, [.. values], 20, FeatureScaling.None);

        for (int c = 0; c < 2; c++)
            Assert.IsGreaterThan(0.9, Draw(model, c, 0, 100).Average(image => IsLine(image, c) ? 1 : 0));

        // The upper line is known: the second pixel is bright, or all are.
        var rows = new float[2 * size];
        var known = new bool[2 * size];
        rows[1] = 1;
        rows.AsSpan(size, side).Fill(1);
        for (int i = 0; i < side; i++) known[i] = known[size + i] = true;
        ((AutoregressiveGenerator)RowGenerator.Of(model)).Complete(new RowNoise(5, 0, 2), [1, 0], known, rows);
        for (int i = 0; i < size; i++)
        {
            Assert.AreEqual(i % side == 1 ? 1 : 0, rows[i], $"pixel {i}");
            Assert.AreEqual(i < side ? 1 : 0, rows[size + i], $"pixel {i}");
        }

        static bool IsLine(float[] image, int c) => Enumerable.Range(0, side).Any(place =>
            Enumerable.Range(0, size).All(i => image[i] == ((c == 0 ? i / side : i % side) == place ? 1 : 0)));
    }
}
