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
        AssertFlat(round: () => Predict(50_000));

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
        AssertFlat(round: () => Train(75));

        void Train(int epochs) => _ml.AnomalyDetection.Trainers.Autoencoder(epochs: epochs).Fit(data).Dispose();
    }

    // Growth that comes once (a heap taking its size, code compiled anew) falls into one round or two; a leak falls into each of the four.
    // One small tensor left behind at every call would be some 10 MB a round.
    static void AssertFlat(Action round)
    {
        round();
        var growth = new List<double>();
        for (var i = 0; i < 4; i++)
        {
            var before = ResidentBytes();
            round();
            growth.Add((ResidentBytes() - before) / 1048576.0);
        }
        Assert.IsLessThan(3, growth.Order().ElementAt(1), $"the process grew by {string.Join(", ", growth.Select(mb => $"{mb:F1}"))} MB");
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
