using Extensions.ML.Trainers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace Extensions.ML.Hosting.Tests;

[TestClass]
public class TrainingTests
{
    sealed record Work(int Epochs, bool Fails = false);

    sealed class Job(MLContext ml, Work work) : ITrainingJob
    {
        public TrainedModel Train(IProgress<TrainingProgress> progress, CancellationToken cancellation)
        {
            if (work.Fails)
                throw new InvalidDataException("there is no data");
            var data = Served.Data(ml, Served.Rows(200, 1));
            return new(ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
            {
                Epochs = work.Epochs, EnsembleSize = 1, Progress = progress, CancellationToken = cancellation,
            }).Fit(data), data.Schema);
        }
    }

    sealed class Told : IProgress<TrainingProgress>
    {
        public TrainingProgress? Last { get; private set; }
        public void Report(TrainingProgress value) => Last = value;
    }

    static (Served Served, Told Told) Host(byte[]? model, Work work)
    {
        var told = new Told();
        return (new Served(model, build: models =>
        {
            models.Services.AddSingleton(work).AddSingleton<IProgress<TrainingProgress>>(told);
            models.AddTraining<Job>(Served.Name);
        }), told);
    }

    [TestMethod]
    public async Task WhatIsTrainedGoesLive()
    {
        var (served, told) = Host(null, new(Epochs: 3));
        await using (served)
        {
            await served.StartAsync();
            await Served.Until(() => served.Model.Version == 1, "the trained model is live");
            await served.Model.PredictAsync(Served.Rows(1, 5)[0]);
            Assert.AreEqual((3, 3), (told.Last!.Epoch, told.Last.Epochs));
            Assert.AreEqual(3, served.Log.Lines.Count(line => line.Level == LogLevel.Information && line.Text.StartsWith("detector: epoch")));
            CollectionAssert.AreEqual(new[] { served.Path }, Directory.GetFiles(served.Folder));
        }
    }

    [TestMethod]
    public async Task StoppingTheHostCancelsTheTraining()
    {
        var (served, told) = Host(Served.Detector(), new(Epochs: 10_000_000));
        await using (served)
        {
            await served.StartAsync();
            await Served.Until(() => told.Last != null, "the training is under way");
            await served.Model.PredictAsync(Served.Rows(1, 5)[0]);
            await served.StopAsync();
            Assert.Contains(line => line.Text.Contains("was cancelled"), served.Log.Lines);
            CollectionAssert.AreEqual(Served.Detector(), File.ReadAllBytes(served.Path));
            CollectionAssert.AreEqual(new[] { served.Path }, Directory.GetFiles(served.Folder));
        }
    }

    [TestMethod]
    public async Task ATrainingThatFailsLeavesTheModelAlone()
    {
        var (served, _) = Host(Served.Detector(), new(1, Fails: true));
        await using (served)
        {
            await served.StartAsync();
            await Served.Until(() => served.Log.Lines.Any(line => line.Text == "The training of detector failed."), "the training failed");
            await served.Model.PredictAsync(Served.Rows(1, 5)[0]);
        }
    }
}
