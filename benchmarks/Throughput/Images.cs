using System.Runtime.InteropServices;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Data;
using static TorchSharp.torch;

namespace Benchmarks.Throughput;

/// <summary>The dense autoencoder 784-256-64-256-784 over pictures of digits: a step, a whole fit, scoring.</summary>
sealed class Images : IDisposable
{
    const int Width = 28 * 28, Count = 7_680, BatchSize = 256, Epochs = 10, ScoringBlock = 512;

    static readonly AutoencoderArchitecture s_architecture = new()
    {
        InputSize = Width,
        Network = new DenseNetwork { HiddenSizes = [256] },
        CodeSize = 64,
        Activation = Activation.Relu,
        OutputActivation = Activation.Sigmoid,
    };

    sealed class Picture
    {
        [VectorType(Width)]
        public float[] Pixels { get; set; } = [];
    }

    readonly int _seed;
    readonly Picture[] _pictures;
    readonly TrainingData _data;
    readonly string _file;
    readonly PythonPeer _stock = new("throughput.py", likeOurs: false);
    readonly PythonPeer _likeOurs = new("throughput.py", likeOurs: true);
    int _threads;

    public Images(BenchmarkOptions options)
    {
        _seed = options.Seeds[0];
        var random = new Random(_seed);
        var pixels = options.Data == null
            ? Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, Width).Select(_ => random.NextSingle()).ToArray())
            : Idx.ReadImages(Path.Combine(options.Data, "mnist", "train-images-idx3-ubyte.gz"), Count);
        _pictures = [.. pixels.Select(values => new Picture { Pixels = values })];
        _data = TrainingData.Load(new Rows(_pictures), new DataOptions { Seed = _seed }, CPU);

        _file = Path.GetTempFileName();
        using var file = File.Create(_file);
        foreach (var picture in _pictures)
            file.Write(MemoryMarshal.AsBytes(picture.Pixels.AsSpan()));
    }

    public string Describe() => _threads == 1 ? "1 thread" : $"{_threads} threads";

    public void UseThreads(int threads)
    {
        _threads = threads;
        TorchEngine.Threads = threads;
        foreach (var peer in new[] { _stock, _likeOurs })
            peer.Ask(new { work = "images", file = _file, width = Width, threads, seed = _seed });
    }

    /// <summary>Steps of the bare loop over rows in memory.</summary>
    public IEnumerable<Row> Training()
    {
        const int epochs = 4, steps = epochs * Count / BatchSize;
        var figures = Turns.WarmMedians(5, () => TrainBare(epochs), () => TrainPeer(_stock, epochs), () => TrainPeer(_likeOurs, epochs));
        var milliseconds = Array.ConvertAll(figures, seconds => 1000 * seconds / steps);
        yield return Row.Lower($"training step, {Describe()} / PyTorch, stock", milliseconds[0], milliseconds[1], $"ms {Clock}");
        yield return Row.Lower($"training step, {Describe()} / PyTorch, same allocator", milliseconds[0], milliseconds[2], $"ms {Clock}");
    }

    /// <summary>An estimator fitted to a data view, beside the same training without ML.NET.</summary>
    public IEnumerable<Row> WholeFit()
    {
        var figures = Turns.WarmMedians(3,
            () => Timing.Of(() => Fit(Epochs).Dispose()).With(_threads),
            () => TrainBare(Epochs), () => TrainPeer(_stock, Epochs));
        yield return Row.Lower($"Fit of a data view, {Epochs} epochs, {Describe()} / our bare loop", figures[0], figures[1], $"s {Clock}");
        yield return Row.Lower($"Fit of a data view, {Epochs} epochs, {Describe()} / PyTorch, stock", figures[0], figures[2], $"s {Clock}");
    }

    /// <summary>The embedding of every row, read through a cursor, beside the encoder over the same rows in blocks.</summary>
    public IEnumerable<Row> Scoring()
    {
        using var transformer = Fit(epochs: 1);
        using var network = new DenseAutoencoder(Width, [256], s_architecture.CodeSize, s_architecture.Activation,
            s_architecture.OutputActivation, _seed);
        using var rows = tensor(_pictures.SelectMany(picture => picture.Pixels).ToArray()).reshape(Count, Width);
        var embedded = transformer.Transform(new MLContext(_seed).Data.LoadFromEnumerable(_pictures));

        void ReadEmbeddings()
        {
            var column = embedded.Schema["Embedding"];
            using var cursor = embedded.GetRowCursor([column]);
            var getter = cursor.GetGetter<VBuffer<float>>(column);
            var embedding = default(VBuffer<float>);
            while (cursor.MoveNext())
                getter(ref embedding);
        }
        void RunNetwork()
        {
            using var noGradients = no_grad();
            for (var first = 0; first < Count; first += ScoringBlock)
            {
                using var scope = NewDisposeScope();
                network.encode(rows.narrow(0, first, Math.Min(ScoringBlock, Count - first)));
            }
        }
        const int repeats = 5;
        double Rate(Func<Timing> work) => Count * repeats / Enumerable.Range(0, repeats).Sum(_ => work().With(_threads));

        var figures = Turns.WarmMedians(5, () => Rate(() => Timing.Of(ReadEmbeddings)), () => Rate(() => Timing.Of(RunNetwork)),
            () => Rate(() => _stock.Time(new { work = "encode", block = ScoringBlock })));
        yield return Row.Higher($"scoring through Transform, {Describe()} / our bare network", figures[0], figures[1], $"rows/s {Clock}");
        yield return Row.Higher($"scoring through Transform, {Describe()} / PyTorch, stock", figures[0], figures[2], $"rows/s {Clock}");
    }

    string Clock => Timing.Clock(_threads);

    double TrainBare(int epochs) => Timing.Of(() => AutoencoderModel.Train(s_architecture, _data, new TrainingOptions
    {
        Epochs = epochs,
        BatchSize = BatchSize,
        Optimizer = new Adam { LearningRate = 2e-3 },
        Schedule = new CosineSchedule(),
        Seed = _seed,
    }).Dispose()).With(_threads);

    double TrainPeer(PythonPeer peer, int epochs) => peer.Time(new { work = "train", rows = Count, epochs }).With(_threads);

    AutoencoderEmbeddingTransformer Fit(int epochs)
    {
        var ml = new MLContext(_seed);
        return ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Embedding",
            InputColumnName = nameof(Picture.Pixels),
            EmbeddingSize = s_architecture.CodeSize,
            Network = s_architecture.Network,
            Activation = s_architecture.Activation,
            OutputActivation = s_architecture.OutputActivation,
            Epochs = epochs,
            BatchSize = BatchSize,
        }).Fit(ml.Data.LoadFromEnumerable(_pictures));
    }

    public void Dispose()
    {
        _stock.Dispose();
        _likeOurs.Dispose();
        _data.Dispose();
        File.Delete(_file);
    }

    sealed class Rows(Picture[] pictures) : IRowSource
    {
        public int Width => Images.Width;
        public long? Count => pictures.Length;
        public IRowReader Open() => new Reader(pictures);

        sealed class Reader(Picture[] pictures) : IRowReader
        {
            int _next;

            public bool TryRead(Span<float> row)
            {
                if (_next == pictures.Length)
                    return false;
                pictures[_next++].Pixels.CopyTo(row);
                return true;
            }

            public void Dispose()
            {
            }
        }
    }
}
