using System.Globalization;
using System.Text.Json;
using Benchmarks;
using Benchmarks.Throughput;
using Samples.Output;

// The benchmarks by name. Each runs us and our peers on the same work, in turns, and gives its rows.
var benchmarks = new Dictionary<string, Func<BenchmarkOptions, IEnumerable<Row>>>
{
    ["throughput"] = ThroughputBenchmark.Run,
};
// What a benchmark runs in a process of its own, for a peak of memory or a start-up that is only its own.
var children = new Dictionary<string, Action<string[]>>
{
    [Streaming.Child] = Streaming.RunChild,
    [StartUp.Child] = StartUp.RunChild,
};

if (args.Length > 0 && children.TryGetValue(args[0], out var child))
{
    child(args[1..]);
    return 0;
}
if (!BenchmarkOptions.TryParse(args, out var options, out var problem) || !benchmarks.TryGetValue(options.Name, out var run))
{
    if (options != null)
        problem = $"There is no benchmark '{options.Name}'.";
    Console.Error.WriteLine($"{problem}\n\n{BenchmarkOptions.Help}\n\nBenchmarks: {string.Join(", ", benchmarks.Keys)}".TrimStart());
    return 2;
}

try
{
    var rows = run(options).ToArray();
    var culture = CultureInfo.InvariantCulture;
    string Figure(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : "G4", culture);
    Screen.Show(new Table($"Benchmark {options.Name}", ["Work", "Ours", "Peer", "Ratio", "Unit"],
        [.. rows.Select(row => new[] { row.Work, Figure(row.Ours), Figure(row.Peer), row.Ratio.ToString("F2", culture), row.Unit })],
        "Medians. Ratio: above 1 means that ours is the better. cpu: processor time, which other programs disturb least."));
    var format = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true };
    if (options.Json != null)
        File.WriteAllText(options.Json, JsonSerializer.Serialize(new { rows }, format));
    return 0;
}
catch (PeerException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
