using System.Reflection;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Bad input gives an exception that says what is wrong, where, and what was expected.</summary>
[TestClass]
public class BadInputTests
{
    const int Width = 5;
    readonly MLContext _ml = new(seed: 1);

    AutoencoderAnomalyTransformer FitDetector(IDataView data) => _ml.AnomalyDetection.Trainers.Autoencoder(epochs: 2).Fit(data);

    public sealed class Other
    {
        public string Text = "";
        public double Number;
        public float[] Unsized = [1, 2];
        [VectorType(2)] public double[] Doubles = [1, 2];
    }

    [TestMethod]
    [DataRow("Text")]
    [DataRow("Number")]
    [DataRow("Unsized")]
    [DataRow("Doubles")]
    [DataRow("Missing")]
    public void ColumnsOfOtherTypesAreRefused(string column)
    {
        var data = _ml.Data.LoadFromEnumerable([new Other()]);
        var detector = _ml.AnomalyDetection.Trainers.Autoencoder(column);
        foreach (var act in new Action[] { () => detector.Fit(data), () => _ml.Transforms.AutoencoderEmbedding("E", column).Fit(data) })
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(act);
            Assert.Contains($"'{column}'", error.Message);
        }
        if (column != "Unsized") // a size that is not known yet may be known later
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => detector.GetOutputSchema(Shapes.Of(data.Schema)));
    }

    [TestMethod]
    public void ScoringNeedsTheSizeOfTraining()
    {
        using var model = FitDetector(_ml.ToView(Samples.NearPlane(50, Width), Width));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Transform(_ml.ToView(Samples.NearPlane(5, Width + 1), Width + 1)));
        Assert.Contains("Vector<Single, 5>", error.Message);
        Assert.Contains("Vector<Single, 6>", error.Message);
    }

    [TestMethod]
    public void ARowOfAnotherSizeThanItsColumnIsNamed()
    {
        var rows = Samples.NearPlane(50, Width);
        using var model = FitDetector(_ml.ToView(rows, Width));
        rows[9].Features = [1, 2];
        var error = Innermost(() => model.Transform(_ml.ToView(rows, Width)).Scores());
        Assert.IsInstanceOfType<InvalidDataException>(error);
        Assert.AreEqual("Column 'Features', row 9: expected a vector of 5 values, got 2.", error.Message);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void ValuesThatAreNoNumbersAreNamed(float value)
    {
        var rows = Samples.NearPlane(50, Width);
        using var model = FitDetector(_ml.ToView(rows, Width));
        rows[11].Features[3] = value;
        var bad = _ml.ToView(rows, Width, slotNames: true);
        foreach (var act in new Action[]
        {
            () => FitDetector(bad).Dispose(),
            () => _ml.Transforms.AutoencoderEmbedding("E", "Features", epochs: 1).Fit(bad).Dispose(),
            () => model.Transform(bad).Scores(),
        })
        {
            var error = Innermost(act);
            Assert.IsInstanceOfType<InvalidRowException>(error);
            Assert.Contains("Column 'Features', row 11, slot 3 ('sensor3')", error.Message);
        }
    }

    static Exception Innermost(Action act)
    {
        var error = Assert.Throws<Exception>(act);
        while (error.InnerException != null)
            error = error.InnerException;
        return error;
    }

    [TestMethod]
    public void NoRowsAreRefused()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => FitDetector(_ml.ToView([], Width)));
        Assert.Contains("row", error.Message);
        using var model = FitDetector(_ml.ToView(Samples.NearPlane(50, Width), Width));
        Assert.IsEmpty(model.Transform(_ml.ToView([], Width)).Scores());
    }

    [TestMethod]
    public void OneRowAndConstantColumnsTrainToFiniteModels()
    {
        var constant = Samples.NearPlane(60, Width);
        foreach (var row in constant)
            (row.Features[0], row.Features[1]) = (42, 0);
        foreach (var rows in new[] { Samples.NearPlane(1, Width), constant })
        {
            using var detector = FitDetector(_ml.ToView(rows, Width));
            Assert.IsTrue(detector.Transform(_ml.ToView(rows, Width)).Scores().All(float.IsFinite));
            using var embedding = _ml.Transforms.AutoencoderEmbedding("E", "Features", 2, epochs: 2).Fit(_ml.ToView(rows, Width));
            Assert.IsTrue(embedding.Transform(_ml.ToView(rows, Width)).Vectors("E").SelectMany(v => v).All(float.IsFinite));
        }
    }

    [TestMethod]
    public void AMillionColumnsOfZerosTrain()
    {
        const int width = 1_000_000;
        var rows = Enumerable.Range(0, 3).Select(_ => new Samples.Row { Features = new float[width] }).ToArray();
        var data = _ml.ToView(rows, width);
        using var model = _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            InputColumnName = "Features", EmbeddingSize = 2, Network = new DenseNetwork { HiddenSizes = [] }, Epochs = 2, ErrorColumnName = "Error",
        }).Fit(data);
        Assert.IsTrue(model.Transform(data).Scores("Error").All(float.IsFinite));
    }

    [TestMethod]
    public void CancelledContextStopsTraining()
    {
        var data = _ml.ToView(Samples.NearPlane(2000, Width), Width);
        var epochs = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            Epochs = 1_000_000,
            Progress = new Reporter(() => { if (++epochs == 3) Cancel(); }),
        }).Fit(data));
        Assert.ThrowsExactly<OperationCanceledException>(() => FitDetector(data), "the cancellation of a context is for good");
    }

    [TestMethod]
    public void AGpuThatIsNotThereIsAnErrorUnlessTheCpuMayStandIn()
    {
        if (TorchEngine.HasGpu)
            Assert.Inconclusive("This machine has a GPU.");
        var data = _ml.ToView(Samples.NearPlane(50, Width), Width);
        var gpu = new MLContext { GpuDeviceId = 0 };
        Assert.ThrowsExactly<TrainingException>(() => gpu.AnomalyDetection.Trainers.Autoencoder(epochs: 1).Fit(data));
        var warnings = new List<string>();
        var either = new MLContext { GpuDeviceId = 0, FallbackToCpu = true };
        either.Log += (_, e) => { if (e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning) warnings.Add(e.Message); };
        either.AnomalyDetection.Trainers.Autoencoder(epochs: 1).Fit(data).Dispose();
        Assert.IsTrue(warnings.Any(w => w.Contains("cuda:0")));
    }

    // ML.NET cancels a context through an internal method; AutoML calls it.
    void Cancel() => typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(_ml, null);

    sealed class Reporter(Action report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report();
    }
}
