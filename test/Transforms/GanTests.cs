using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Generative adversarial networks in a pipeline.</summary>
[TestClass]
public class GanTests
{
    sealed class Fruit
    {
        public string Kind { get; set; } = "";
        public string Colour { get; set; } = "";
        public float Weight { get; set; }
        public bool Ripe { get; set; }
    }

    /// <summary>Plums are light and blue, melons heavy and green or yellow.</summary>
    static Fruit[] Fruits(int count)
    {
        var random = new Random(3);
        return Enumerable.Range(0, count).Select(i => i % 2 == 0
            ? new Fruit { Kind = "plum", Colour = "blue", Weight = 30 + 10 * random.NextSingle(), Ripe = random.NextDouble() < 0.5 }
            : new Fruit { Kind = "melon", Colour = random.Next(2) == 0 ? "green" : "yellow", Weight = 900 + 300 * random.NextSingle(), Ripe = true })
            .ToArray();
    }

    static GanTrainer.Options Settings() => new()
    {
        InputColumnNames = ["Colour", "Weight", "Ripe"],
        LabelColumnName = "Kind",
        LatentSize = 4,
        Network = new DenseGan { GeneratorSizes = [32], DiscriminatorSizes = [32] },
        Epochs = 60,
        Optimizer = new Trainers.Adam { LearningRate = 2e-3, Beta1 = 0.5 },
        AverageDecay = 0.99,
    };

    static string[] Read(MLContext ml, IDataView view) =>
        ml.Data.CreateEnumerable<Fruit>(view, reuseRowObject: false).Select(f => $"{f.Kind} {f.Colour} {f.Weight} {f.Ripe}").ToArray();

    [TestMethod]
    [DataRow(AdversarialLoss.NonSaturating)]
    [DataRow(AdversarialLoss.Wasserstein)]
    public void Table_FollowsItsClassAndIsTheSameAfterLoading(AdversarialLoss loss)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Fruits(600));
        var settings = Settings();
        settings.Loss = loss;
        settings.DiscriminatorSteps = 2;
        using var model = ml.Generation.Trainers.Gan(settings).Fit(data);
        var melons = ml.Data.CreateEnumerable<Fruit>(ml.Generation.Sample(model, 300, seed: 2, condition: "melon"), reuseRowObject: false).ToArray();
        Assert.IsTrue(melons.All(fruit => fruit.Kind == "melon"));
        Assert.IsGreaterThan(270, melons.Count(fruit => fruit.Colour is "green" or "yellow"));
        Assert.IsGreaterThan(270, melons.Count(fruit => fruit.Weight > 500));
        Assert.IsGreaterThan(30, melons.Count(fruit => fruit.Colour == "green"));
        Assert.IsGreaterThan(30, melons.Count(fruit => fruit.Colour == "yellow"));
        Assert.IsTrue(model.History.Epochs.All(epoch => epoch.Measures!.ContainsKey("DiversityWithinClasses")));

        using var file = new Samples.TemporaryFile();
        ml.Model.Save(model, data.Schema, file.Path);
        var loaded = new MLContext().Model.Load(file.Path, out _);
        CollectionAssert.AreEqual(Read(ml, ml.Generation.Sample(model, 200, seed: 4)), Read(ml, ml.Generation.Sample(loaded, 200, seed: 4)));
        Assert.AreEqual(data.Schema.Count, loaded.Transform(data).Schema.Count, "no density is told");
    }

    sealed class Picture
    {
        [VectorType(7 * 6 * 3)]
        public float[] Pixels { get; set; } = [];
    }

    [TestMethod]
    public void Images_AreOfTheirShapeAndRange()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        var pictures = Enumerable.Range(0, 64).Select(_ => new Picture { Pixels = [.. Enumerable.Range(0, 126).Select(_ => random.NextSingle())] });
        using var model = ml.Generation.Trainers.Gan("Pixels", network: new ConvolutionalGan { Channels = 3, Height = 7, Filters = [4, 8] }, epochs: 2)
            .Fit(ml.Data.LoadFromEnumerable(pictures));
        var made = ml.Data.CreateEnumerable<Picture>(ml.Generation.Sample(model, 10), reuseRowObject: false).ToArray();
        Assert.HasCount(10, made);
        foreach (float pixel in made.SelectMany(picture => picture.Pixels)) Assert.IsInRange(0f, 1f, pixel);
        Assert.AreEqual(6, ((ConvolutionalGan)((AdversarialArchitecture)model.Model.Architecture).Network).Width);
    }

    [TestMethod]
    public void BadSettings_AreNamed()
    {
        var ml = new MLContext(seed: 1);
        foreach (var (set, name) in new (Action<GanTrainer.Options>, string)[]
        {
            (o => o.LatentSize = 0, "LatentSize"), (o => o.GradientPenalty = -1, "GradientPenalty"), (o => o.DiscriminatorSteps = 0, "DiscriminatorSteps"),
            (o => o.AverageDecay = 1, "AverageDecay"), (o => o.DiscriminatorLearningRateFactor = double.NaN, "DiscriminatorLearningRateFactor"),
        })
        {
            var settings = Settings();
            set(settings);
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ml.Generation.Trainers.Gan(settings)).Message, name);
        }
        var data = ml.Data.LoadFromEnumerable(new[] { new Picture { Pixels = new float[126] } });
        var images = ml.Generation.Trainers.Gan("Pixels", network: new ConvolutionalGan());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => images.Fit(data)).Message, "126");
    }
}
