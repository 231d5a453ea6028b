using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Benchmarks.Throughput;

/// <summary>
/// An epoch over a data view of 5,000,000 rows of 30 values that exist only while they are read; each run in a process of its own.
/// </summary>
static class Streaming
{
    public const string Child = "fit-long-table";
    const int Width = 30, Count = 5_000_000, BatchSize = 1024, HiddenSize = 32, CodeSize = 8;

    sealed class Reading
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = new float[Width];
    }

    public static IEnumerable<Row> Run(BenchmarkOptions options)
    {
        var (threads, seed) = (options.Threads ?? 1, options.Seeds[0]);
        double[] peaks = new double[3];
        double Ours(int contestant, long budget)
        {
            string[] arguments = [.. new[] { threads, seed, budget }.Select(value => value.ToString(CultureInfo.InvariantCulture))];
            var answer = OwnProcess.Run(Child, arguments);
            peaks[contestant] = (double)answer["peakBytes"]!;
            return (double)answer["seconds"]!;
        }
        double Peer()
        {
            using var peer = new PythonPeer("throughput.py", likeOurs: false);
            var (hidden, code, batch) = (HiddenSize, CodeSize, BatchSize);
            var answer = peer.Ask(new { work = "table", rows = Count, width = Width, hidden, code, batch, threads, seed });
            peaks[2] = (double)answer["peakBytes"]!;
            return (double)answer["wall"]!;
        }
        var seconds = Turns.Medians(2, () => Ours(0, budget: 64 << 20), () => Ours(1, budget: 1L << 30), Peer);
        var rates = Array.ConvertAll(seconds, value => Count / value);
        var megabytes = Array.ConvertAll(peaks, value => value / (1 << 20));
        const string work = "Fit of 5,000,000 x 30, streamed";
        yield return Row.Higher($"{work} / held in memory", rates[0], rates[1], "rows/s wall");
        yield return Row.Higher($"{work} / PyTorch, array in memory", rates[0], rates[2], "rows/s wall");
        yield return Row.Lower($"{work} / held in memory", megabytes[0], megabytes[1], "MB peak");
        yield return Row.Lower($"{work} / PyTorch, array in memory", megabytes[0], megabytes[2], "MB peak");
    }

    /// <param name="arguments">Threads, seed, memory budget.</param>
    public static void RunChild(string[] arguments)
    {
        var numbers = Array.ConvertAll(arguments, argument => long.Parse(argument, CultureInfo.InvariantCulture));
        TorchEngine.Threads = (int)numbers[0];
        var ml = new MLContext((int)numbers[1]);
        var watch = Stopwatch.StartNew();
        ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Embedding",
            InputColumnName = nameof(Reading.Features),
            EmbeddingSize = CodeSize,
            Network = new DenseNetwork { HiddenSizes = [HiddenSize] },
            Activation = Activation.Relu,
            Scaling = FeatureScaling.Standardize,
            Epochs = 1,
            BatchSize = BatchSize,
            MemoryBudget = numbers[2],
        }).Fit(ml.Data.LoadFromEnumerable(Readings((ulong)numbers[1]))).Dispose();
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine(JsonSerializer.Serialize(new { seconds, peakBytes = Process.GetCurrentProcess().PeakWorkingSet64 }));
    }

    /// <summary>The same rows in every pass: 0 to 1, from a small generator (xorshift: Marsaglia 2003).</summary>
    static IEnumerable<Reading> Readings(ulong seed)
    {
        var reading = new Reading();
        var state = seed + 0x9E3779B97F4A7C15;
        for (var row = 0; row < Count; row++)
        {
            foreach (ref var value in reading.Features.AsSpan())
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                value = (uint)(state >> 40) * (1f / (1 << 24));
            }
            yield return reading;
        }
    }
}
