using Samples.Output;

namespace Benchmarks.Throughput;

/// <summary>How fast networks train and score here, beside PyTorch and beside our own loop without ML.NET around it.</summary>
static class ThroughputBenchmark
{
    public static IEnumerable<Row> Run(BenchmarkOptions options)
    {
        PythonPeer.Require();
        if (File.Exists("/proc/loadavg"))
        {
            var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
            Screen.Line($"Load of this machine before the run: {load}, on {Environment.ProcessorCount} processors.");
        }
        Screen.Line("Steps, fits and scoring: dense autoencoder 784-256-64-256-784, batches of 256.");
        int[] threadCounts = options.Threads is { } only ? [only] : Environment.ProcessorCount > 1 ? [1, 2] : [1];

        using (var images = new Images(options))
            foreach (var threads in threadCounts)
            {
                images.UseThreads(threads);
                foreach (var row in Measure($"training, {images.Describe()}", () => images.Training()))
                    yield return row;
                foreach (var row in Measure($"whole Fit, {images.Describe()}", () => images.WholeFit()))
                    yield return row;
                foreach (var row in Measure($"scoring, {images.Describe()}", () => images.Scoring()))
                    yield return row;
            }
        foreach (var row in Measure("one prediction at a time", () => SinglePrediction.Run(options)))
            yield return row;
        foreach (var row in Measure("streamed training", () => Streaming.Run(options)))
            yield return row;
        foreach (var row in Measure("start-up", () => StartUp.Run(options)))
            yield return row;
    }

    static Row[] Measure(string what, Func<IEnumerable<Row>> rows) => Screen.Work(what, () => rows().ToArray()).Result;
}
