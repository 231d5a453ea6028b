using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Benchmarks.Throughput;

/// <summary>One call of a prediction engine at a time on a detector over 30 columns, as a service makes it.</summary>
static class SinglePrediction
{
    const int Width = 30, Calls = 2_000;

    sealed class Reading
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];
    }

    sealed class Decision
    {
        public float Score { get; set; }
        public bool PredictedLabel { get; set; }
    }

    public static IEnumerable<Row> Run(BenchmarkOptions options)
    {
        var random = new Random(options.Seeds[0]);
        var readings = new Reading[Calls];
        foreach (ref var reading in readings.AsSpan())
            reading = new Reading { Features = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() - random.NextSingle())] };
        var ml = new MLContext(options.Seeds[0]);
        using var detector = ml.AnomalyDetection.Trainers.Autoencoder(epochs: 1).Fit(ml.Data.LoadFromEnumerable(readings));
        using var engine = ml.Model.CreatePredictionEngine<Reading, Decision>(detector);
        var decision = new Decision();
        void Predict()
        {
            foreach (var reading in readings)
                engine.Predict(reading, ref decision);
        }

        using var peer = new PythonPeer("throughput.py", likeOurs: false);
        var members = detector.Model.Architecture.Members;
        var hidden = members.Select(member => ((DenseNetwork)member.Network).HiddenSizes![0]);
        var request = new { work = "predict", width = Width, hidden, codes = members.Select(member => member.CodeSize), calls = Calls, seed = options.Seeds[0] };
        var figures = Turns.WarmMedians(5, () => Timing.Of(Predict).Processor, () => peer.Time(request).Processor);
        yield return Row.Lower("one PredictionEngine call, 30 columns / PyTorch, stock",
            1e6 * figures[0] / Calls, 1e6 * figures[1] / Calls, "µs cpu");
    }
}
