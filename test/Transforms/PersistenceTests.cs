using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

[TestClass]
public class PersistenceTests
{
    const int Width = 8;
    readonly MLContext _ml = new(seed: 1);

    IEstimator<ITransformer> Detector() => _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
    {
        Epochs = 5, ContributionsColumnName = "Why",
    });

    IEstimator<ITransformer> Embedding() => _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
    {
        InputColumnName = "Features", EmbeddingSize = 3, Epochs = 5, ReconstructionColumnName = "Rebuilt", ErrorColumnName = "Error",
    });

    [TestMethod]
    public void LoadedInAnotherProcessWithNothingRegisteredItScoresTheSame()
    {
        var data = _ml.ToView(Samples.Grid(300, Width), Width);
        using var file = new Samples.TemporaryFile();
        foreach (var (estimator, column) in new[] { (Detector(), "Score"), (Detector(), "Why"), (Embedding(), "Embedding"), (Embedding(), "Rebuilt") })
        {
            // Between two built-in transforms, as in a real pipeline.
            var chain = _ml.Transforms.NormalizeMinMax("Features").Append(estimator).Append(_ml.Transforms.CopyColumns("Copy", column));
            var model = chain.Fit(data);
            _ml.Model.Save(model, data.Schema, file.Path);

            var scored = model.Transform(data);
            var expected = scored.Schema["Copy"].Type is VectorDataViewType
                ? scored.Vectors("Copy")
                : scored.Scores("Copy").Select(score => new[] { score }).ToArray();
            var actual = RunScoreModel(file.Path, "Copy", Width, 300);
            Assert.HasCount(expected.Length, actual, column);
            for (var i = 0; i < expected.Length; i++)
                for (var j = 0; j < expected[i].Length; j++)
                    // Rows may be scored in blocks of other sizes there, whose matrix products add in another order.
                    Assert.AreEqual(expected[i][j], actual[i][j], 1e-6f * Math.Max(1, Math.Abs(expected[i][j])), $"{column}, row {i}");
        }
    }

    static float[][] RunScoreModel(string path, string column, int width, int rows)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ScoreModel.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, path, column, $"{width}", $"{rows}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray()).ToArray();
    }

    [TestMethod]
    public void SavedAgainAfterLoadingItIsTheSame()
    {
        var data = _ml.ToView(Samples.NearPlane(200, Width), Width, slotNames: true);
        using var file = new Samples.TemporaryFile();
        ITransformer model = Detector().Fit(data);
        for (var round = 0; round < 2; round++)
        {
            _ml.Model.Save(model, data.Schema, file.Path);
            var loaded = new MLContext().Model.Load(file.Path, out var schema);
            Assert.AreEqual(Width, ((VectorDataViewType)schema["Features"].Type).Size);
            CollectionAssert.AreEqual(model.Transform(data).Scores(), loaded.Transform(data).Scores());
            Assert.AreEqual(model.GetOutputSchema(data.Schema).ToString(), loaded.GetOutputSchema(data.Schema).ToString());
            CollectionAssert.AreEqual(data.Schema["Features"].ReadSlotNames(), loaded.GetOutputSchema(data.Schema)["Why"].ReadSlotNames());
            model = loaded;
        }
    }

    [TestMethod]
    public void HistoryThresholdAndArchitectureComeBack()
    {
        var data = _ml.ToView(Samples.NearPlane(200, Width), Width);
        using var file = new Samples.TemporaryFile();
        using var model = (AutoencoderAnomalyTransformer)Detector().Fit(data);
        _ml.Model.Save(model, data.Schema, file.Path);
        using var loaded = (AutoencoderAnomalyTransformer)_ml.Model.Load(file.Path, out _);
        Assert.AreEqual(model.Threshold, loaded.Threshold);
        CollectionAssert.AreEqual(model.History.Epochs.ToArray(), loaded.History.Epochs.ToArray());
        Assert.AreEqual(JsonSerializer.Serialize(model.Model.Architecture), JsonSerializer.Serialize(loaded.Model.Architecture));
    }

    [TestMethod]
    public void TheEntryHoldsJsonAndSafetensorsAndNoTypeName()
    {
        var data = _ml.ToView(Samples.NearPlane(100, Width), Width);
        using var file = new Samples.TemporaryFile();
        _ml.Model.Save(Detector().Fit(data), data.Schema, file.Path);
        using var zip = ZipFile.OpenRead(file.Path);
        var description = zip.Entries.Single(entry => entry.Name == "model.json");
        using var reader = new StreamReader(description.Open());
        var json = reader.ReadToEnd();
        Assert.Contains("Threshold", json);
        Assert.DoesNotContain("Extensions.ML", json);

        using var weights = new BinaryReader(zip.Entries.Single(entry => entry.Name == "weights.safetensors").Open());
        var header = JsonDocument.Parse(weights.ReadBytes((int)weights.ReadInt64())).RootElement;
        Assert.AreEqual("F32", header.GetProperty("networks.0.encoder.0.weight").GetProperty("dtype").GetString());
    }
}
