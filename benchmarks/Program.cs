using System.Text.Json;
using Benchmarks;
using Benchmarks.Anomaly;
using Benchmarks.Generation;
using Benchmarks.Serving;
using Benchmarks.Text;
using Benchmarks.Throughput;
using Benchmarks.Translation;
using Samples.Output;

// The benchmarks by name. Each runs us and our peers on the same work.
var benchmarks = new Dictionary<string, Func<BenchmarkOptions, Findings>>
{
    ["anomaly"] = AnomalyBenchmark.Run,
    ["generation"] = GenerationBenchmark.Run,
    ["serving"] = ServingBenchmark.Run,
    ["tokens"] = TokenBenchmark.Run,
    ["throughput"] = options => Findings.Of("throughput", ThroughputBenchmark.Run(options)),
    ["translation"] = TranslationBenchmark.Run,
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
    var findings = run(options);
    foreach (var table in findings.Tables)
        Screen.Show(table);
    if (options.Json != null)
        File.WriteAllText(options.Json, JsonSerializer.Serialize(findings.Json, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
    return 0;
}
catch (Exception e) when (e is PeerException or InvalidDataException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
