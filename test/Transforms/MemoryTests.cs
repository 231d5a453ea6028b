using System.Diagnostics;
using Microsoft.ML;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Native memory is freed as it is used, not left to the finalizer: the process stays flat.</summary>
[TestClass]
[DoNotParallelize]
public class MemoryTests
{
    const int Width = 30;
    readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void FlatOver200000Predictions()
    {
        var rows = Samples.NearPlane(200, Width);
        using var model = _ml.AnomalyDetection.Trainers.Autoencoder(epochs: 2).Fit(_ml.ToView(rows, Width));
        using var engine = _ml.Model.CreatePredictionEngine<Samples.Row, RowsTests.Output>(model, new PredictionEngineOptions
        {
            InputSchemaDefinition = Samples.Schema(Width), OwnsTransformer = false,
        });
        AssertFlat(warmUp: () => Predict(100_000), work: () => Predict(200_000), megabytes: 24);

        void Predict(int count)
        {
            for (var i = 0; i < count; i++)
                engine.Predict(rows[i % rows.Length]);
        }
    }

    [TestMethod]
    public void FlatOver300Epochs()
    {
        var data = _ml.ToView(Samples.NearPlane(2000, Width), Width);
        AssertFlat(warmUp: () => Train(30), work: () => Train(300), megabytes: 48);

        void Train(int epochs) => _ml.AnomalyDetection.Trainers.Autoencoder(epochs: epochs).Fit(data).Dispose();
    }

    // A leak of one small tensor a call or a step would add far more than the limit.
    static void AssertFlat(Action warmUp, Action work, long megabytes)
    {
        warmUp();
        var before = ResidentBytes();
        work();
        var grown = (ResidentBytes() - before) >> 20;
        Assert.IsLessThanOrEqualTo(megabytes, grown, $"the process grew by {grown} MB");
    }

    static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
