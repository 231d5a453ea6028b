using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

[TestClass]
public class EmbeddingTests
{
    const int Width = 12;
    readonly MLContext _ml = new(seed: 3);

    AutoencoderEmbeddingTransformer Fit(IDataView data, Action<AutoencoderEmbeddingEstimator.Options>? change = null)
    {
        var options = new AutoencoderEmbeddingEstimator.Options { InputColumnName = "Features", EmbeddingSize = 3, Epochs = 30 };
        change?.Invoke(options);
        return _ml.Transforms.AutoencoderEmbedding(options).Fit(data);
    }

    [TestMethod]
    public void EmbeddingOfAPlaneRebuildsIt()
    {
        var data = _ml.ToView(Samples.NearPlane(600, Width, every: 0), Width);
        using var model = Fit(data, o => { o.EmbeddingSize = 2; o.Epochs = 150; o.ReconstructionColumnName = "Rebuilt"; o.ErrorColumnName = "Error"; });
        var scored = model.Transform(data);

        var features = scored.Vectors("Features");
        var rebuilt = scored.Vectors("Rebuilt");
        var errors = scored.Scores("Error");
        var scales = model.Model.Scaler.Scale;
        double total = 0, unexplained = 0;
        for (var i = 0; i < features.Length; i++)
        {
            double row = 0;
            for (var j = 0; j < Width; j++)
            {
                var scaled = (features[i][j] - rebuilt[i][j]) * scales[j];
                row += scaled * scaled;
            }
            Assert.AreEqual(row / Width, errors[i], 1e-4 + 1e-3 * errors[i], "the error column is the mean squared scaled residual");
            unexplained += row / Width;
            total++;
        }
        // Standardised slots have variance 1, of which two dimensions explain all but the noise.
        Assert.IsLessThan(0.05, unexplained / total);
    }

    [TestMethod]
    public void SchemaIsWhatGetOutputSchemaSays()
    {
        var data = _ml.ToView(Samples.Grid(50, Width), Width, slotNames: true);
        var estimator = _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "E", InputColumnName = "Features", EmbeddingSize = 4, Epochs = 1,
            ReconstructionColumnName = "R", ErrorColumnName = "Err",
        });
        using var model = estimator.Fit(data);
        var schema = model.GetOutputSchema(data.Schema);

        Assert.AreEqual("Id:String Label:Single Features:Vector<Single, 12> E:Vector<Single, 4> R:Vector<Single, 12> Err:Single",
            string.Join(' ', schema.Select(c => $"{c.Name}:{c.Type}")));
        CollectionAssert.AreEqual(new[] { "E0", "E1", "E2", "E3" }, schema["E"].ReadSlotNames());
        CollectionAssert.AreEqual(data.Schema["Features"].ReadSlotNames(), schema["R"].ReadSlotNames());
        Assert.AreEqual(schema.ToString(), model.Transform(data).Schema.ToString());

        var shape = estimator.GetOutputSchema(Shapes.Of(data.Schema));
        foreach (var column in Shapes.Of(schema))
        {
            var told = shape.Single(c => c.Name == column.Name);
            Assert.AreEqual(column.Kind, told.Kind, column.Name);
            Assert.AreEqual(column.ItemType, told.ItemType, column.Name);
            CollectionAssert.AreEquivalent(column.Annotations.Select(a => a.Name).ToArray(), told.Annotations.Select(a => a.Name).ToArray(), column.Name);
        }
    }

    [TestMethod]
    public void OutputMayReplaceItsInput()
    {
        var data = _ml.ToView(Samples.Grid(50, Width), Width);
        using var model = _ml.Transforms.AutoencoderEmbedding("Features", embeddingSize: 2, epochs: 1).Fit(data);
        Assert.AreEqual(2, ((VectorDataViewType)model.Transform(data).Schema["Features"].Type).Size);
    }

    [TestMethod]
    public void SameSeedGivesTheSameBits()
    {
        var data = _ml.ToView(Samples.NearPlane(300, Width), Width);
        using var first = Fit(data, o => o.Seed = 5);
        using var second = Fit(data, o => o.Seed = 5);
        using var other = Fit(data, o => o.Seed = 6);
        var expected = first.Transform(data).Vectors("Embedding");
        AssertEqual(expected, second.Transform(data).Vectors("Embedding"));
        Assert.IsFalse(expected[0].SequenceEqual(other.Transform(data).Vectors("Embedding")[0]));
    }

    [TestMethod]
    public void StreamedTrainingEqualsTrainingInMemory()
    {
        var data = _ml.ToView(Samples.NearPlane(3000, Width), Width);
        using var memory = Fit(data, o => { o.Epochs = 3; o.ShuffleRows = 1000; });
        using var streamed = Fit(data, o => { o.Epochs = 3; o.ShuffleRows = 1000; o.MemoryBudget = 1; });
        AssertEqual(memory.Transform(data).Vectors("Embedding"), streamed.Transform(data).Vectors("Embedding"));
    }

    [TestMethod]
    public void ResumedTrainingEqualsTrainingInOneGo()
    {
        var folder = Directory.CreateTempSubdirectory("checkpoint").FullName;
        try
        {
            var data = _ml.ToView(Samples.NearPlane(500, Width), Width);
            using var whole = Fit(data, o => o.Epochs = 6);
            using var cancellation = new CancellationTokenSource();
            Assert.ThrowsExactly<OperationCanceledException>(() => Fit(data, o =>
            {
                o.Epochs = 6;
                o.CheckpointFolder = folder;
                o.CancellationToken = cancellation.Token;
                o.Progress = new Reporter(p => { if (p.Epoch == 3 && p.IsEpochEnd) cancellation.Cancel(); });
            }));
            var seen = new List<int>();
            using var resumed = Fit(data, o => { o.Epochs = 6; o.CheckpointFolder = folder; o.Progress = new Reporter(p => seen.Add(p.Epoch)); });
            Assert.IsGreaterThan(1, seen.Min(), "the first epochs are not done again");
            AssertEqual(whole.Transform(data).Vectors("Embedding"), resumed.Transform(data).Vectors("Embedding"));
            Assert.HasCount(6, resumed.History.Epochs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void ScalingLossAndOutputFollowTheRangeOfTheValues()
    {
        var unit = _ml.ToView(Samples.Grid(60, Width), Width);
        Check(unit, _ => { }, FeatureScaling.None, ReconstructionLoss.BinaryCrossEntropy, Activation.Identity);
        Check(unit, o => o.OutputActivation = Activation.Sigmoid, FeatureScaling.None, ReconstructionLoss.BinaryCrossEntropy, Activation.Identity);
        Check(unit, o => o.OutputActivation = Activation.Identity, FeatureScaling.None, ReconstructionLoss.MeanSquaredError, Activation.Identity);
        Check(unit, o => o.Loss = ReconstructionLoss.MeanSquaredError, FeatureScaling.None, ReconstructionLoss.MeanSquaredError, Activation.Sigmoid);

        var other = _ml.ToView(Samples.NearPlane(60, Width), Width);
        Check(other, _ => { }, FeatureScaling.Standardize, ReconstructionLoss.MeanSquaredError, Activation.Identity);
        Check(other, o => o.Scaling = FeatureScaling.MinMax, FeatureScaling.MinMax, ReconstructionLoss.BinaryCrossEntropy, Activation.Identity);
        Check(other, o => o.Loss = ReconstructionLoss.BinaryCrossEntropy, FeatureScaling.MinMax, ReconstructionLoss.BinaryCrossEntropy, Activation.Identity);

        void Check(IDataView data, Action<AutoencoderEmbeddingEstimator.Options> change, FeatureScaling scaling, ReconstructionLoss loss, Activation output)
        {
            using var model = Fit(data, o => { o.Epochs = 1; change(o); });
            Assert.AreEqual((scaling, loss, output),
                (model.Model.Scaler.Mode, model.Model.Architecture.Loss, model.Model.Architecture.OutputActivation));
        }
    }

    [TestMethod]
    public void EveryLossTrains()
    {
        var data = _ml.ToView(Samples.Grid(200, Width), Width);
        foreach (var loss in Enum.GetValues<ReconstructionLoss>())
        {
            using var model = Fit(data, o => { o.Loss = loss; o.Epochs = 40; o.ReconstructionColumnName = "R"; });
            var epochs = model.History.Epochs;
            Assert.IsLessThan(epochs[0].Loss, epochs[^1].Loss, loss.ToString());
            var rebuilt = model.Transform(data).Vectors("R").SelectMany(v => v);
            Assert.IsTrue(rebuilt.All(v => v is >= 0 and <= 1), $"{loss}: the reconstruction of values from 0 to 1 lies there too");
        }
    }

    [TestMethod]
    public void ProgressAndLogTellEveryEpoch()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => { if (e.Source.Contains("AutoencoderEmbedding")) lines.Add(e.Message); };
        var ends = new List<int>();
        using var model = Fit(_ml.ToView(Samples.NearPlane(300, Width), Width),
            o => { o.Epochs = 4; o.ValidationFraction = 0.2; o.Progress = new Reporter(p => { if (p.IsEpochEnd) ends.Add(p.Epoch); }); });
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, ends);
        foreach (var epoch in model.History.Epochs)
        {
            Assert.IsNotNull(epoch.ValidationLoss);
            Assert.IsTrue(lines.Any(line => line.Contains($"poch {epoch.Epoch}")), $"epoch {epoch.Epoch} is in ml.Log");
        }
    }

    sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    static void AssertEqual(float[][] expected, float[][] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], actual[i], $"row {i}");
    }
}
