using System.Diagnostics;
using System.Globalization;
using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Data;
using Samples.Output;

namespace Benchmarks.Serving;

/// <summary>The sample WebApi under load, on the same cores as what loads it: a detector over 30 columns is asked for one row at a time.</summary>
static class ServingBenchmark
{
    const int Width = 30, Connections = 32, Swaps = 4, Starts = 5;

    sealed class Reading
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];
    }

    public static Findings Run(BenchmarkOptions options)
    {
        var seconds = options.Seconds ?? 20;
        var folder = Directory.CreateTempSubdirectory("serving-");
        try
        {
            var rows = Rows(1_000, options.Seeds[0]);
            Screen.Work("Models", () => Make(folder.FullName, rows, options.Seeds[0]));
            string[] questions = [.. rows.Select(row => $$"""{"features":[{{string.Join(',', row.Features.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}}]}""")];
            var starts = Screen.Work($"{Starts} cold starts", () => Enumerable.Range(0, Starts).Select(_ => Start(folder.FullName, questions[0])).OrderBy(start => start.Wall).ToArray()).Result;

            using var service = new ServiceProcess(folder.FullName);
            service.Await("anomaly", questions[0]);
            var load = new LoadGenerator(service.Address, Array.ConvertAll(questions, question => LoadGenerator.Post("/anomaly", question)));
            load.Run(Connections, TimeSpan.FromSeconds(Math.Min(5, seconds)));

            var (processor, own) = (service.Processor, Environment.CpuUsage.TotalTime);
            var ((found, memory), time) = Screen.Work($"Load for {seconds} s", () => Load(service, load, seconds));
            var (ours, theirs) = (1e6 * (service.Processor - processor).TotalSeconds / found.Count, 1e6 * (Environment.CpuUsage.TotalTime - own).TotalSeconds / found.Count);
            var (swapped, versions) = Screen.Work($"{Swaps} models swapped under load", () => Swap(service, load, folder.FullName)).Result;

            // The memory after a minute, or after a quarter of a shorter run.
            var early = memory[Math.Min(60, memory.Count / 4)];
            var figures = new Dictionary<string, double>
            {
                ["requests_per_second"] = found.Count / time.TotalSeconds,
                ["p50_ms"] = found.Quantile(0.5), ["p99_ms"] = found.Quantile(0.99), ["p99_9_ms"] = found.Quantile(0.999),
                ["errors"] = found.Errors,
                ["service_cpu_us_per_request"] = ours, ["client_cpu_us_per_request"] = theirs,
                ["memory_early_mb"] = early, ["memory_end_mb"] = memory[^1], ["memory_growth"] = memory[^1] / early - 1,
                ["swap_requests"] = swapped.Count, ["swap_dropped"] = swapped.Errors, ["swap_models_live"] = versions,
                ["cold_start_s"] = starts[Starts / 2].Wall, ["cold_start_slowest_s"] = starts[^1].Wall,
                ["cold_start_cpu_s"] = starts.Select(start => start.Processor).Order().ElementAt(Starts / 2),
            };
            var table = new Table($"Serving, {Connections} connections for {seconds} s", ["Figure", "Value"],
                [.. figures.Select(figure => new[] { figure.Key, figure.Value.ToString(figure.Value >= 1000 ? "N0" : "0.###", CultureInfo.InvariantCulture) })],
                $"Service and client share {Environment.ProcessorCount} cores{Busy()}. A cold start ends with the first answer, four models loaded.");
            var course = new Table("Memory of the service", ["Second", "MB"], [.. Enumerable.Range(0, memory.Count).Where(second => second % Math.Max(1, memory.Count / 10) == 0)
                .Select(second => new[] { second.ToString(CultureInfo.InvariantCulture), memory[second].ToString("F1", CultureInfo.InvariantCulture) })]);
            return new([table, course], new { figures });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static (Latencies Found, List<double> Memory) Load(ServiceProcess service, LoadGenerator load, int seconds)
    {
        var memory = new List<double> { service.MemoryMegabytes };
        using var timer = new Timer(_ => memory.Add(service.MemoryMegabytes), null, 1_000, 1_000);
        return (load.Run(Connections, TimeSpan.FromSeconds(seconds)), memory);
    }

    static Timing Start(string models, string question)
    {
        var watch = Stopwatch.StartNew();
        using var service = new ServiceProcess(models);
        service.Await("anomaly", question);
        return new Timing(watch.Elapsed.TotalSeconds, service.Processor.TotalSeconds);
    }

    /// <summary>Puts another model in the place of the live one, several times while the service is asked.</summary>
    static (Latencies Found, int Versions) Swap(ServiceProcess service, LoadGenerator load, string folder)
    {
        var before = service.Version;
        var asking = Task.Run(() => load.Run(Connections, TimeSpan.FromSeconds(2 + 2 * Swaps)));
        for (var swap = 0; swap < Swaps; swap++)
        {
            Thread.Sleep(2_000);
            File.Copy(Path.Combine(folder, $"anomaly{swap % 2}.zip"), Path.Combine(folder, "next.zip"));
            File.Move(Path.Combine(folder, "next.zip"), Path.Combine(folder, "anomaly.zip"), overwrite: true);
        }
        return (asking.GetAwaiter().GetResult(), service.Version - before);
    }

    static Reading[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new Reading { Features = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() - random.NextSingle())] })];
    }

    /// <summary>Models of the size that the defaults give; how well they learned makes no difference here.</summary>
    static int Make(string folder, Reading[] rows, int seed)
    {
        var ml = new MLContext(seed);
        var data = ml.Data.LoadFromEnumerable(rows);
        void Save(ITransformer model, IDataView input, string name)
        {
            ml.Model.Save(model, input.Schema, Path.Combine(folder, name + ".zip"));
            (model as IDisposable)?.Dispose();
        }
        for (var i = 0; i < 2; i++)
        {
            Save(ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Epochs = 1 + i, ContributionsColumnName = "Contributions" }).Fit(data),
                data, $"anomaly{i}");
        }
        File.Copy(Path.Combine(folder, "anomaly1.zip"), Path.Combine(folder, "anomaly.zip"));
        Save(ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 8, epochs: 1).Fit(data), data, "embedding");
        var pairs = ml.Data.LoadFromEnumerable(MadePrices.Draw(200, seed));
        Save(ml.Translation.Trainers.Transformer(new TransformerTranslationTrainer.Options { Tokenizer = new BytePairOptions { VocabularySize = 400 }, Epochs = 1 }).Fit(pairs),
            pairs, "translator");
        return 0;
    }

    /// <summary>What else the machine does, where it tells.</summary>
    static string Busy() => File.Exists("/proc/loadavg") ? $"; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "";
}
