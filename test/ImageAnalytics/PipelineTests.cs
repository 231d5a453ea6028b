using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ImageAnalytics.Reference.Tests;

/// <summary>From the names of files to numbers, by batch, by prediction engine, and from a saved model.</summary>
[TestClass]
public sealed class PipelineTests
{
    string folder = "";

    [TestInitialize]
    public void MakeFiles()
    {
        folder = Directory.CreateTempSubdirectory("pictures").FullName;
        for (var i = 0; i < 5; i++)
        {
            using var image = Pictures.Make(10 + i, 8, (x, y) => (x * 10, y * 20, i * 30));
            image.Save(Path.Combine(folder, $"{i}.png"));
        }
    }

    [TestCleanup]
    public void DeleteFiles() => Directory.Delete(folder, recursive: true);

    sealed class Extracted
    {
        public float[] Pixels { get; set; } = [];
    }

    static IDataView Files(params string[] paths) => Rows.ML.Data.LoadFromEnumerable(paths.Select(path => new Named { Path = path }).ToArray());

    static IDataView AllFiles() => Files([.. Enumerable.Range(0, 5).Select(i => $"{i}.png")]);

    EstimatorChain<ImagePixelExtractingTransformer> Pipeline() => Rows.ML.Transforms.LoadImages("Image", folder, "Path")
        .Append(Rows.ML.Transforms.ResizeImages("Small", 6, 4, "Image"))
        .Append(Rows.ML.Transforms.ConvertToGrayscale("Grey", "Small"))
        .Append(Rows.ML.Transforms.ExtractPixels("Pixels", "Grey", ImagePixelExtractingEstimator.ColorBits.Red, scaleImage: 1 / 255f));

    [TestMethod]
    public void FilesBecomeVectorsInBatchAndOneByOne()
    {
        var model = Pipeline().Fit(AllFiles());
        var batch = model.Transform(AllFiles()).GetColumn<float[]>("Pixels").ToArray();
        Assert.HasCount(5, batch);
        using var engine = Rows.ML.Model.CreatePredictionEngine<Named, Extracted>(model);
        for (var i = 0; i < 5; i++)
        {
            Assert.HasCount(24, batch[i]);
            Assert.IsTrue(batch[i].All(pixel => pixel is > 0 and < 1));
            CollectionAssert.AreEqual(batch[i], engine.Predict(new Named { Path = $"{i}.png" }).Pixels);
            // The mean shade: blue is the same everywhere and grows from file to file.
            if (i > 0)
                Assert.IsGreaterThan(batch[i - 1].Average(), batch[i].Average());
        }
    }

    [TestMethod]
    public void ASavedModelGivesTheSameVectors()
    {
        var model = Pipeline().Fit(AllFiles());
        var path = Path.Combine(folder, "model.zip");
        Rows.ML.Model.Save(model, AllFiles().Schema, path);
        var loaded = new MLContext().Model.Load(path, out _);
        var (before, after) = (model.Transform(AllFiles()), loaded.Transform(AllFiles()));
        Assert.AreEqual(before.Schema["Small"].Type, after.Schema["Small"].Type);
        foreach (var (first, second) in before.GetColumn<float[]>("Pixels").Zip(after.GetColumn<float[]>("Pixels")))
            CollectionAssert.AreEqual(first, second);

        // Also after being saved once more.
        Rows.ML.Model.Save(loaded, AllFiles().Schema, path);
        var again = new MLContext().Model.Load(path, out _).Transform(AllFiles()).GetColumn<float[]>("Pixels").First();
        CollectionAssert.AreEqual(before.GetColumn<float[]>("Pixels").First(), again);
    }

    [TestMethod]
    public void EveryOptionSurvivesSaving()
    {
        var data = AllFiles();
        foreach (var kind in Enum.GetValues<ImageResizingEstimator.ResizingKind>())
            foreach (var anchor in Enum.GetValues<ImageResizingEstimator.Anchor>())
            {
                var model = Rows.ML.Transforms.LoadImages("Image", folder, "Path")
                    .Append(Rows.ML.Transforms.ResizeImages("Image", 5, 5, resizing: kind, cropAnchor: anchor))
                    .Append(Rows.ML.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.All,
                        ImagePixelExtractingEstimator.ColorsOrder.AGBR, interleavePixelColors: true, offsetImage: 3, scaleImage: 0.25f)).Fit(data);
                using var file = new MemoryStream();
                Rows.ML.Model.Save(model, data.Schema, file);
                file.Position = 0;
                var loaded = Rows.ML.Model.Load(file, out _);
                var (first, second) = (model.Transform(data), loaded.Transform(data));
                Assert.AreEqual(first.Schema["Pixels"].Type, second.Schema["Pixels"].Type);
                CollectionAssert.AreEqual(first.GetColumn<float[]>("Pixels").Last(), second.GetColumn<float[]>("Pixels").Last());
            }
    }

    [TestMethod]
    public void RawBytesAreThoseOfTheFiles()
    {
        var data = AllFiles();
        var output = Rows.ML.Transforms.LoadRawImageBytes("Bytes", folder, "Path").Fit(data).Transform(data);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Byte), output.Schema["Bytes"].Type);
        foreach (var (bytes, i) in output.GetColumn<byte[]>("Bytes").Select((bytes, i) => (bytes, i)))
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(folder, $"{i}.png")), bytes);
    }

    [TestMethod]
    public void APictureKnowsItsFile()
    {
        var data = Files("3.png");
        var output = Rows.ML.Transforms.LoadImages("Image", folder, "Path").Fit(data).Transform(data);
        Assert.AreEqual((Path.Combine(folder, "3.png"), 13, 8), Rows.First(output, "Image", image => (image.Tag, image.Width, image.Height)));
        Assert.AreEqual(new ImageDataViewType(), output.Schema["Image"].Type);
    }

    [TestMethod]
    public void MissingFilesAndFoldersAreNamed()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => Rows.ML.Transforms.LoadImages("Image", Path.Combine(folder, "gone"), "Path")).Message, "gone");
        var data = Files("gone.png");
        var output = Rows.ML.Transforms.LoadImages("Image", folder, "Path").Fit(data).Transform(data);
        var e = Assert.Throws<Exception>(() => Rows.First(output, "Image", image => image.Width));
        StringAssert.Contains(e.ToString(), "gone.png");
        var numbers = Rows.ML.Data.LoadFromEnumerable([new Extracted()]);
        StringAssert.Contains(Assert.Throws<ArgumentException>(
            () => Rows.ML.Transforms.LoadImages("Image", folder, "Pixels").Fit(numbers)).Message, "'Pixels'");
    }

    [TestMethod]
    public void ManyThreadsLoadThroughOneModel()
    {
        var model = Pipeline().Fit(AllFiles());
        var expected = model.Transform(AllFiles()).GetColumn<float[]>("Pixels").ToArray();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            foreach (var (pixels, i) in model.Transform(AllFiles()).GetColumn<float[]>("Pixels").Select((pixels, i) => (pixels, i)))
                CollectionAssert.AreEqual(expected[i], pixels);
        });
    }
}
