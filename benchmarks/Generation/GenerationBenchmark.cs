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
        if (Wanted("bounds"))
            tables.Add(EvidenceBounds.Run(ml, digits, options, figures));
        tables.AddRange(DigitContest.Run(ml, digits, options, Wanted, figures));
        if (Wanted("tables") && options.Data != null)
            tables.Add(SyntheticTables.Run(ml, options, figures));
        if (Wanted("densities") && options.Data != null)
            tables.Add(Densities.Run(ml, options, figures));
        return new(tables, new { figures });

        bool Wanted(string part) => part.Contains(options.Only ?? "", StringComparison.OrdinalIgnoreCase);
    }
}
