using System.Runtime.InteropServices;
using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Benchmarks.Throughput;

/// <summary>A workload ready to be trained here and by PyTorch, as it comes and with our allocator's settings.</summary>
sealed class Contest : IDisposable
{
    readonly Workload _work;
    readonly Peers _peers;
    readonly int _seed;
    readonly TrainingData _data;

    public Contest(Workload work, Peers peers, int threads, int seed)
    {
        (_work, _peers, Threads, _seed) = (work, peers, threads, seed);
        TorchEngine.Threads = threads;
        _data = TrainingData.Load(new ArrayRows(work.Rows), new DataOptions { Seed = seed }, CPU);

        var file = Path.GetTempFileName();
        try
        {
            using (var stream = File.Create(file))
                foreach (var row in work.Rows)
                    stream.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            foreach (var peer in new[] { peers.Stock, peers.LikeOurs })
                peer.Ask(new { work = "load", network = work.Peer, file, width = work.Rows[0].Length, batch = work.BatchSize, threads, seed });
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What every contestant steps by.</summary>
    public static Optimizer Optimizer { get; } = new Adam { LearningRate = 2e-3 };

    /// <summary>How its rate runs.</summary>
    public static LearningRateSchedule Schedule { get; } = new CosineSchedule();

    public int Threads { get; }

    /// <summary>Words for the names of rows.</summary>
    public string With => $"{_work.Name}, {(Threads == 1 ? "1 thread" : $"{Threads} threads")}";

    public string Clock => Timing.Clock(Threads);

    /// <summary>Steps of the bare loop over rows in memory.</summary>
    public IEnumerable<Row> Steps()
    {
        // Short work is repeated more often: about ten seconds of each, so that a burst of another program does not decide.
        var rounds = (int)Math.Clamp(10 / TrainOurs(1), 9, 41);
        var figures = Turns.Medians(rounds, () => TrainOurs(1), () => TrainStock(1), () => TrainPeer(_peers.LikeOurs, 1));
        var steps = (double)(_work.Rows.Length / _work.BatchSize);
        var milliseconds = Array.ConvertAll(figures, seconds => 1000 * seconds / steps);
        yield return Row.Lower($"training step, {With} / PyTorch, stock", milliseconds[0], milliseconds[1], $"ms {Clock}");
        yield return Row.Lower($"training step, {With} / PyTorch, same allocator", milliseconds[0], milliseconds[2], $"ms {Clock}");
    }

    /// <summary>Seconds that the bare loop takes.</summary>
    public double TrainOurs(int epochs) => Timing.Of(() => _work.Train(_data, new TrainingOptions
    {
        Epochs = epochs,
        BatchSize = _work.BatchSize,
        Optimizer = Optimizer,
        Schedule = Schedule,
        Seed = _seed,
    }).Dispose()).With(Threads);

    /// <summary>Seconds that stock PyTorch takes for the same.</summary>
    public double TrainStock(int epochs) => TrainPeer(_peers.Stock, epochs);

    double TrainPeer(PythonPeer peer, int epochs) => peer.Time(new { work = "train", epochs }).With(Threads);

    public void Dispose() => _data.Dispose();

    sealed class ArrayRows(float[][] rows) : IRowSource
    {
        public int Width => rows[0].Length;
        public long? Count => rows.Length;
        public IRowReader Open() => new Reader(rows);

        sealed class Reader(float[][] rows) : IRowReader
        {
            int _next;

            public bool TryRead(Span<float> row)
            {
                if (_next == rows.Length)
                    return false;
                rows[_next++].CopyTo(row);
                return true;
            }

            public void Dispose()
            {
            }
        }
    }
}

/// <summary>PyTorch twice: as it comes, and with our allocator's settings.</summary>
sealed record Peers(PythonPeer Stock, PythonPeer LikeOurs) : IDisposable
{
    public static Peers Start() => new(new PythonPeer("throughput.py", likeOurs: false), new PythonPeer("throughput.py", likeOurs: true));

    public void Dispose()
    {
        Stock.Dispose();
        LikeOurs.Dispose();
    }
}
