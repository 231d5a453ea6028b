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
        int[] threadCounts = options.Threads is { } only ? [only] : Environment.ProcessorCount > 1 ? [1, 2] : [1];
        Workload[] works = [Workload.Dense(options), .. Workload.Autoencoders(options), .. Workload.Generators(options), Workload.Translation(options)];
        foreach (var work in works)
            Screen.Line($"{work.Name}: {work.Description}, batches of {work.BatchSize}");

        var seed = options.Seeds[0];
        using (var peers = Peers.Start())
            foreach (var threads in threadCounts)
                foreach (var work in works)
                {
                    using var contest = new Contest(work, peers, threads, seed);
                    foreach (var row in Measure(options, $"training, {contest.With}", contest.Steps))
                        yield return row;
                    if (work != works[0])
                        continue;
                    var pipeline = new Pipeline(work, contest, peers, seed);
                    foreach (var row in Measure(options, $"whole Fit, {contest.With}", pipeline.WholeFit))
                        yield return row;
                    foreach (var row in Measure(options, $"scoring, {contest.With}", pipeline.Scoring))
                        yield return row;
                }
        foreach (var threads in threadCounts)
            foreach (var row in Measure(options, "beam search", () => BeamSearch.Run(options, threads)))
                yield return row;
        foreach (var row in Measure(options, "one prediction at a time", () => SinglePrediction.Run(options)))
            yield return row;
        foreach (var row in Measure(options, "streamed training", () => Streaming.Run(options)))
            yield return row;
        foreach (var row in Measure(options, "start-up", () => StartUp.Run(options)))
            yield return row;
    }

    static Row[] Measure(BenchmarkOptions options, string what, Func<IEnumerable<Row>> rows) =>
        what.Contains(options.Only ?? "", StringComparison.OrdinalIgnoreCase) ? Screen.Work(what, () => rows().ToArray()).Result : [];
}
