using System.Diagnostics;
using System.Globalization;
using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Benchmarks.Throughput;

/// <summary>From the start of a process to the end of its first training step.</summary>
static class StartUp
{
    public const string Child = "first-step";
    const int Rows = 256, Width = 784;

    public static IEnumerable<Row> Run(BenchmarkOptions options)
    {
        var threads = options.Threads ?? 1;
        double Ours()
        {
            var watch = Stopwatch.StartNew();
            OwnProcess.Run(Child, threads.ToString(CultureInfo.InvariantCulture));
            return watch.Elapsed.TotalSeconds;
        }
        double Peer()
        {
            var watch = Stopwatch.StartNew();
            using var peer = new PythonPeer("throughput.py", likeOurs: false);
            peer.Ask(new { work = "first_step", threads });
            return watch.Elapsed.TotalSeconds;
        }
        var seconds = Turns.Medians(5, Ours, Peer);
        yield return Row.Lower("process start to end of first step / PyTorch, stock", seconds[0], seconds[1], "s wall");
    }

    /// <param name="arguments">Threads.</param>
    public static void RunChild(string[] arguments)
    {
        TorchEngine.Threads = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        using var data = TrainingData.Load(new RandomRows(), new DataOptions(), CPU);
        var architecture = new AutoencoderArchitecture
        {
            InputSize = Width, Network = new DenseNetwork { HiddenSizes = [256] }, CodeSize = 64, OutputActivation = Activation.Sigmoid,
        };
        AutoencoderModel.Train(architecture, data, new TrainingOptions { Epochs = 1, BatchSize = Rows }).Dispose();
        Console.WriteLine("{}");
    }

    sealed class RandomRows : IRowSource
    {
        public int Width => StartUp.Width;
        public long? Count => Rows;
        public IRowReader Open() => new Reader();

        sealed class Reader : IRowReader
        {
            readonly Random _random = new(1);
            int _read;

            public bool TryRead(Span<float> row)
            {
                if (_read++ == Rows)
                    return false;
                foreach (ref var value in row)
                    value = _random.NextSingle();
                return true;
            }

            public void Dispose()
            {
            }
        }
    }
}
