using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Diffusion models in pipelines.</summary>
[TestClass]
public class DiffusionTests
{
    public sealed class Shop
    {
        public string Town = "";
        public bool Open;
        public float Sales;
        public int Staff;
    }

    /// <summary>Shops in Bern are large and open; those in Thun are small, and half of them are closed.</summary>
    static Shop[] Shops(int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var bern = random.NextDouble() < 0.6;
            var staff = bern ? 10 + random.Next(5) : 1 + random.Next(3);
            return new Shop { Town = bern ? "Bern" : "Thun", Open = bern || random.NextDouble() < 0.5, Staff = staff, Sales = 100 * staff + random.Next(50) };
        })];
    }

    static DiffusionTrainer.Options Settings(string[] columns, string? label = null) => new()
    {
        InputColumnNames = columns,
        LabelColumnName = label,
        Network = new DenseDenoiser { HiddenSize = 64, Blocks = 2, EmbeddingSize = 32 },
        Epochs = 80,
        BatchSize = 64,
        AverageDecay = 0.99,
    };

    static Shop[] Read(MLContext ml, IDataView view) => [.. ml.Data.CreateEnumerable<Shop>(view, reuseRowObject: false, ignoreMissingColumns: true)];

    static string[] Lines(MLContext ml, IDataView view) => [.. Read(ml, view).Select(s => $"{s.Town} {s.Open} {s.Sales} {s.Staff}")];

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Table_FollowsItsColumnsItsConditionAndItsFile(bool latent)
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Shops(1000));
        var settings = Settings(["Open", "Sales", "Staff"], "Town");
        if (latent)
            settings.Autoencoder = new LatentAutoencoder { CodeSize = 3 };
        using var model = ml.Generation.Trainers.Diffusion(settings).Fit(data);
        Assert.AreEqual(data.Schema.Count, model.Transform(data).Schema.Count, "no density is told");

        var thun = Read(ml, ml.Generation.Sample(model, 200, seed: 3, condition: "Thun"));
        Assert.IsTrue(thun.All(shop => shop.Town == "Thun"));
        Assert.AreEqual(0.5, thun.Count(shop => shop.Open) / 200.0, 0.2);
        Assert.IsGreaterThan(0.9, thun.Count(shop => shop.Staff < 7) / 200.0);
        var bern = Read(ml, ml.Generation.Sample(model, 200, seed: 3, condition: "Bern",
            options: new DiffusionSampling { Sampler = DiffusionSampler.Ancestral, Steps = 100, Guidance = 1.5 }));
        Assert.IsGreaterThan(0.9, bern.Count(shop => shop.Open && shop.Staff >= 7) / 200.0);
        Assert.IsLessThan(150, bern.Average(shop => Math.Abs(shop.Sales - 100 * shop.Staff - 25)));

        using var file = new Samples.TemporaryFile();
        ml.Model.Save(model, data.Schema, file.Path);
        var loaded = new MLContext().Model.Load(file.Path, out _);
        CollectionAssert.AreEqual(Lines(ml, ml.Generation.Sample(model, 150, 4)), Lines(ml, ml.Generation.Sample(loaded, 150, 4)));
        // Row i is the same however many are asked for.
        CollectionAssert.AreEqual(Lines(ml, ml.Generation.Sample(model, 150, 4))[..20], Lines(ml, ml.Generation.Sample(model, 20, 4)));
    }

    /// <summary>Images of 6 x 5: a bar that stands on the left or on the right.</summary>
    [TestMethod]
    public void Images_AreDrawnByAUNet()
    {
        const int Width = 30;
        var ml = new MLContext(seed: 1);
        var random = new Random(4);
        var rows = Enumerable.Range(0, 300).Select(i => new Samples.Row
        {
            Id = i % 2 == 0 ? "left" : "right",
            Features = [.. Enumerable.Range(0, Width).Select(p => (p % 5 < 2) == (i % 2 == 0) && p % 5 != 2 ? 0.8f + 0.2f * random.NextSingle() : 0)],
        });
        var data = ml.ToView(rows, Width);
        using var model = ml.Generation.Trainers.Diffusion(new DiffusionTrainer.Options
        {
            LabelColumnName = "Id", Network = new UNet { Height = 6, Width = 5, Filters = [8, 16] }, Epochs = 40, BatchSize = 32, AverageDecay = 0.98,
        }).Fit(data);
        foreach (var (side, lit, dark) in new[] { ("left", 0, 4), ("right", 4, 0) })
        {
            var view = ml.Generation.Sample(model, 30, condition: side, options: new DiffusionSampling { Steps = 20 });
            var images = ml.Data.CreateEnumerable<Samples.Row>(view, false, true, Samples.Schema(Width)).Select(row => row.Features).ToArray();
            Assert.IsTrue(images.All(image => image.All(v => v is >= 0 and <= 1)));
            // Of all six lines.
            Assert.IsGreaterThan(27, images.Count(image => Line(image, lit) > 0.5 && Line(image, dark) < 0.5));
        }

        static double Line(float[] image, int column) => Enumerable.Range(0, 6).Average(line => image[5 * line + column]);
    }

    [TestMethod]
    public void BadSettings_AreNamed()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(Shops(20));
        var trainers = ml.Generation.Trainers;
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => trainers.Diffusion(new DiffusionTrainer.Options
        {
            InputColumnNames = ["Town", "Sales"], Network = new UNet(),
        }).Fit(data)).Message, "UNet");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Diffusion(new DiffusionTrainer.Options { AverageDecay = 1 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LatentAutoencoder { CodeSize = 0 });
    }
}
