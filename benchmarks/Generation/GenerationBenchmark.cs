using Extensions.ML.Trainers;
using Microsoft.ML;
using Samples.Output;

namespace Benchmarks.Generation;

/// <summary>How good what the generators learn is: their bounds, their digits, their tables and their densities.</summary>
static class GenerationBenchmark
{
    public static Findings Run(BenchmarkOptions options)
    {
        PythonPeer.Require("sklearn");
        if (options.Threads is { } threads)
            TorchEngine.Threads = threads;
        var ml = new MLContext(seed: options.Seeds[0]);
        var digits = DigitSet.Load(ml, options);
        var tables = new List<Table>();
        var figures = new Dictionary<string, double>();
        foreach (var part in (Func<Dictionary<string, double>, Table?>[])[
            found => EvidenceBounds.Run(ml, digits, options, found),
            found => DigitContest.Run(ml, digits, options, found),
            found => SyntheticTables.Run(ml, options, found),
            found => Densities.Run(ml, options, found)])
        {
            if (part(figures) is { } table)
                tables.Add(table);
        }
        return new(tables, new { figures });
    }
}
