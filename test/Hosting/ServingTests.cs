using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.ML;

namespace Extensions.ML.Hosting.Tests;

/// <summary>A real detector in a real host.</summary>
[TestClass]
public class ServingTests
{
    [TestMethod]
    public async Task ManyAtOnceGetWhatOneByOneGets()
    {
        using var meters = new MeterListener();
        var largest = 0;
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ServingTelemetry.MeterName && instrument.Name == "ml.model.batch.size")
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<int>((_, size, _, _) => largest = Math.Max(largest, size));
        meters.Start();

        await using var served = await Served.StartAsync(Served.Detector());
        var rows = Served.Rows(500, seed: 5);
        var expected = Served.OneByOne(Served.Detector(), rows);
        var found = await Task.WhenAll(rows.Select(row => served.Model.PredictAsync(row)));
        for (var i = 0; i < rows.Length; i++)
        {
            // A batch multiplies matrices of other shapes, whose sums are rounded in another order.
            Assert.AreEqual(expected[i], found[i].Score, 1e-5f * Math.Max(1, Math.Abs(expected[i])));
            Assert.AreEqual(found[i].Score > 0, found[i].PredictedLabel);
        }
        Assert.IsGreaterThan(1, largest);
    }

    [TestMethod]
    public async Task BadRowsFailAlone()
    {
        await using var served = await Served.StartAsync(Served.Detector());
        var rows = Served.Rows(60, seed: 5);
        rows[7].Features[2] = float.NaN;
        rows[33].Features = [1, 2, 3];
        var asked = rows.Select(row => served.Model.PredictAsync(row)).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            if (i is 7 or 33)
                Assert.AreEqual(PredictionFailure.InvalidRow, (await Assert.ThrowsExactlyAsync<PredictionException>(() => asked[i])).Failure);
            else
                await asked[i];
        }
        Assert.Contains("slot 2", (await Assert.ThrowsExactlyAsync<PredictionException>(() => asked[7])).Message);
    }

    [TestMethod]
    public async Task AFileReplacedUnderLoadGoesLiveWithoutADroppedRequest()
    {
        byte[] first = Served.Detector(1), second = Served.Detector(2);
        await using var served = await Served.StartAsync(first);
        var row = Served.Rows(1, seed: 5)[0];
        float before = Served.OneByOne(first, [row])[0], after = Served.OneByOne(second, [row])[0];
        Assert.AreNotEqual(before, after, 1e-3f);
        var old = served.Model.Live!;

        using var end = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var (count, isNew) = (0, false);
            for (; !end.IsCancellationRequested; count++)
            {
                var score = (await served.Model.PredictAsync(row)).Score;
                var now = Math.Abs(score - after) < 1e-4f;
                Assert.IsTrue(now || Math.Abs(score - before) < 1e-4f, $"{score} is of neither model.");
                Assert.IsTrue(now || !isNew, "The old model answered after the new one.");
                isNew = now;
            }
            return (count, isNew);
        })).ToArray();
        await Task.Delay(100);
        served.Replace(second);
        await Served.Until(() => served.Model.Version == 2, "the new model is live");
        await Task.Delay(100);
        end.Cancel();
        foreach (var (count, isNew) in await Task.WhenAll(asking))
        {
            Assert.IsGreaterThan(0, count);
            Assert.IsTrue(isNew);
        }
        Assert.IsFalse(old.TryLease());
        Assert.ThrowsExactly<ObjectDisposedException>(() => old.Run([row]));
    }

    [TestMethod]
    public async Task AHalfWrittenFileNeverGoesLive()
    {
        byte[] first = Served.Detector(1), second = Served.Detector(2);
        await using var served = await Served.StartAsync(first);
        var row = Served.Rows(1, seed: 5)[0];
        var before = (await served.Model.PredictAsync(row)).Score;

        await File.WriteAllBytesAsync(served.Path, second[..(second.Length / 2)]);
        await Served.Until(() => served.Model.Error != null, "the file is refused");
        Assert.AreEqual(1, served.Model.Version);
        Assert.AreEqual(before, (await served.Model.PredictAsync(row)).Score);
        Assert.AreEqual(HealthStatus.Degraded, (await Health(served)).Status);

        await File.WriteAllBytesAsync(served.Path, second);
        await Served.Until(() => served.Model.Version == 2, "the whole file is live");
        Assert.AreEqual(HealthStatus.Healthy, (await Health(served)).Status);
        Assert.AreEqual(Served.OneByOne(second, [row])[0], (await served.Model.PredictAsync(row)).Score, 1e-4f);
    }

    [TestMethod]
    public async Task AModelThatDoesNotFitTheRowsNeverGoesLive()
    {
        var ml = new MLContext(1);
        var data = Served.Data(ml, Served.Rows(50, 1));
        using var stream = new MemoryStream();
        using (var embedding = ml.Transforms.AutoencoderEmbedding("Code", "Features", embeddingSize: 2, epochs: 1).Fit(data))
            ml.Model.Save(embedding, data.Schema, stream);

        await using var served = await Served.StartAsync(Served.Detector());
        served.Replace(stream.ToArray());
        await Served.Until(() => served.Model.Error != null, "the file is refused");
        Assert.Contains("Score", served.Model.Error!);
        Assert.AreEqual(1, served.Model.Version);
    }

    [TestMethod]
    public async Task AModelThatComesLaterGoesLive()
    {
        await using var served = await Served.StartAsync(null);
        var row = Served.Rows(1, seed: 5)[0];
        var refused = await Assert.ThrowsExactlyAsync<PredictionException>(() => served.Model.PredictAsync(row));
        Assert.AreEqual(PredictionFailure.NoModel, refused.Failure);
        Assert.AreEqual(HealthStatus.Unhealthy, (await Health(served)).Status);
        served.Replace(Served.Detector());
        await Served.Until(() => served.Model.Version == 1, "the model is live");
        await served.Model.PredictAsync(row);
        Assert.AreEqual(HealthStatus.Healthy, (await Health(served)).Status);
    }

    [TestMethod]
    public async Task StoppingFreesTheModel()
    {
        await using var served = await Served.StartAsync(Served.Detector());
        var live = served.Model.Live!;
        await served.Model.PredictAsync(Served.Rows(1, 5)[0]);
        await served.StopAsync();
        Assert.IsFalse(live.TryLease());
        Assert.AreEqual(PredictionFailure.Stopping,
            (await Assert.ThrowsExactlyAsync<PredictionException>(() => served.Model.PredictAsync(new Row()))).Failure);
    }

    static Task<HealthReport> Health(Served served) => served.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
}
