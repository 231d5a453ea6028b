using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Flows, autoregressive networks and densities of codes as trainers of generators.</summary>
[TestClass]
public class DensityGenerationTests
{
    public sealed class Purchase
    {
        public string Shop = "";
        public bool Paid;
        public float Amount;
        public string Kind = "";
    }

    /// <summary>Big purchases are made in Zug and paid later, small ones in Uri.</summary>
    static Purchase[] Purchases(int count) => [.. Enumerable.Range(0, count).Select(i => (Big: i % 3 == 0, Place: i % 17 / 17f)).Select(row => new Purchase
    {
        Kind = row.Big ? "big" : "small",
        Shop = row.Big ? "Zug" : "Uri",
        Paid = !row.Big,
        Amount = row.Big ? 100 + 10 * row.Place : 5 + row.Place,
    })];

    static readonly string[] s_columns = ["Shop", "Paid", "Amount"];

    static readonly Adam s_fast = new() { LearningRate = 5e-3 };

    static string Text(Purchase row) => $"{row.Shop} {row.Paid} {row.Amount} {row.Kind}";

    static IDataView View(MLContext ml, float[][] rows, int width) => ml.ToView(rows.Select(row => new Samples.Row { Features = row }), width);

    static Purchase[] Read(MLContext ml, IDataView view) => [.. ml.Data.CreateEnumerable<Purchase>(view, reuseRowObject: false)];

    static IEnumerable<object[]> TableTrainers()
    {
        yield return [nameof(AutoregressiveTrainer)];
        yield return [nameof(MixtureCodeDensity)];
        yield return [nameof(FlowCodeDensity)];
    }

    static GeneratorTrainer Trainer(MLContext ml, string name) => name switch
    {
        nameof(AutoregressiveTrainer) => ml.Generation.Trainers.Autoregressive(new AutoregressiveTrainer.Options
        {
            InputColumnNames = s_columns, LabelColumnName = "Kind", Epochs = 40, BatchSize = 32, Optimizer = s_fast, Dropout = 0,
            Network = new MaskedAutoregressiveNetwork { HiddenSize = 64, Blocks = 1 },
        }),
        _ => ml.Generation.Trainers.AutoencoderDensity(new AutoencoderDensityTrainer.Options
        {
            InputColumnNames = s_columns, LabelColumnName = "Kind", CodeSize = 3, Epochs = 20, BatchSize = 32, Optimizer = s_fast,
            CodeDensity = name == nameof(MixtureCodeDensity) ? new MixtureCodeDensity { Components = 2 }
                : new FlowCodeDensity { Flow = new FlowDesign { Steps = 2, HiddenSize = 16 } },
        }),
    };

    [TestMethod]
    [DynamicData(nameof(TableTrainers))]
    public void TablesFollowTheirClassAndSurviveSaving(string name)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Purchases(900));
        var trainer = Trainer(ml, name);
        using var model = trainer.Fit(data);
        var big = Read(ml, ml.Generation.Sample(model, 200, seed: 3, condition: "big"));
        Assert.IsTrue(big.All(row => row.Kind == "big"));
        Assert.IsGreaterThan(0.95, big.Average(row => row.Shop == "Zug" && !row.Paid ? 1 : 0));
        Assert.AreEqual(105, big.Average(row => row.Amount), 10);
        Assert.AreEqual(1 / 3.0, Read(ml, ml.Generation.Sample(model, 600, seed: 3)).Average(row => row.Kind == "big" ? 1 : 0), 0.07);

        using var file = new Samples.TemporaryFile();
        ml.Model.Save(model, data.Schema, file.Path);
        var loaded = new MLContext().Model.Load(file.Path, out _);
        CollectionAssert.AreEqual(big.Select(Text).ToArray(), Read(ml, ml.Generation.Sample(loaded, 200, seed: 3, condition: "big")).Select(Text).ToArray());

        bool dense = name == nameof(AutoregressiveTrainer);
        Assert.AreEqual(dense, trainer.GetOutputSchema(Shapes.Of(data.Schema)).Any(column => column.Name == "LogLikelihood"));
        Assert.AreEqual(dense, model.Transform(data).Schema.GetColumnOrNull("LogLikelihood") is not null);
        if (dense) CollectionAssert.AreEqual(model.Transform(data).Scores("LogLikelihood"), loaded.Transform(data).Scores("LogLikelihood"));
    }

    [TestMethod]
    public void FlowTellsDensityInUnitsOfTheData()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        // Independent normal numbers of deviations 1, 10 and 100.
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var data = View(ml, [.. Enumerable.Range(0, 3000).Select(_ => new[] { (float)Normal(), (float)(10 * Normal()), (float)(100 * Normal()) })], 3);
        using var model = ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options
        {
            Epochs = 8, Noise = 0, Flow = new FlowDesign { Steps = 2, HiddenSize = 16 },
        }).Fit(data);
        var scored = model.Transform(data);
        double expected = -1.5 * Math.Log(2 * Math.PI * Math.E) - Math.Log(1000);
        Assert.AreEqual(expected, scored.Scores("LogLikelihood").Average(), 0.1);
        Assert.AreEqual(-scored.Scores("LogLikelihood")[5] / (3 * Math.Log(2)), scored.Scores("BitsPerDimension")[5], 1e-4);

        var sample = ml.Generation.Sample(model, 3000, seed: 2).Vectors("Features");
        for (var j = 0; j < 3; j++)
            Assert.AreEqual(Math.Pow(10, j), Math.Sqrt(sample.Average(row => (double)row[j] * row[j])), 0.1 * Math.Pow(10, j));
        using var file = new Samples.TemporaryFile();
        ml.Model.Save(model, data.Schema, file.Path);
        var loaded = new MLContext().Model.Load(file.Path, out _);
        CollectionAssert.AreEqual(sample[77], ml.Generation.Sample(loaded, 3000, seed: 2).Vectors("Features")[77]);

        var table = ml.Data.LoadFromEnumerable(Purchases(30));
        var error = Assert.ThrowsExactly<ArgumentException>(() =>
            ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options { InputColumnNames = s_columns }).Fit(table));
        StringAssert.Contains(error.Message, "not numeric");
        Assert.ThrowsExactly<ArgumentException>(() =>
            ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options { Precision = Precision.BFloat16 }));
    }

    [TestMethod]
    public void PixelCnnDrawsImagesOfLevels()
    {
        var ml = new MLContext(seed: 1);
        // Each image is of one brightness, 0, 1/3, 2/3 or 1.
        var data = View(ml, [.. Enumerable.Range(0, 400).Select(i => Enumerable.Repeat(i % 4 / 3f, 16).ToArray())], 16);
        var network = new GatedPixelCnn { Levels = 4, Filters = 8, Layers = 1, FirstKernelSize = 3 };
        using var model = ml.Generation.Trainers.Autoregressive(new AutoregressiveTrainer.Options
        {
            Network = network, Epochs = 20, BatchSize = 32, Optimizer = new Adam { LearningRate = 1e-2 },
        }).Fit(data);
        var images = ml.Generation.Sample(model, 60, seed: 1).Vectors("Features");
        Assert.IsTrue(images.All(image => image.All(value => value * 3 == MathF.Round(value * 3))));
        Assert.IsGreaterThan(0.9, images.Average(image => image.Distinct().Count() == 1 ? 1 : 0));
        // Two bits tell the image; the unit of the rows is three levels.
        Assert.AreEqual((2 - 16 * Math.Log2(3)) / 16, model.Transform(data).Scores("BitsPerDimension").Average(), 0.03);
        var sharp = ml.Generation.Sample(model, 20, seed: 1, options: new AutoregressiveSampling { Temperature = 0.1 }).Vectors("Features");
        Assert.IsTrue(sharp.All(image => image.Distinct().Count() == 1));

        var bytes = View(ml, [.. Enumerable.Range(0, 40).Select(i => Enumerable.Repeat(i % 4 * 85f, 16).ToArray())], 16);
        var error = Assert.ThrowsExactly<ArgumentException>(() => ml.Generation.Trainers.Autoregressive(network: network).Fit(bytes));
        StringAssert.Contains(error.Message, "scaleImage");
    }
}
