using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Benchmarks.Throughput;

/// <summary>The dense network as a component of ML.NET: what the pipeline around it costs.</summary>
sealed class Pipeline(Workload work, Contest contest, Peers peers, int seed)
{
    const int Epochs = 10, ScoringBlock = 512;

    sealed class Picture
    {
        [VectorType(28 * 28)]
        public float[] Pixels { get; set; } = [];
    }

    readonly Picture[] _pictures = Array.ConvertAll(work.Rows, row => new Picture { Pixels = row });

    /// <summary>An estimator fitted to a data view, beside the same training without ML.NET.</summary>
    public IEnumerable<Row> WholeFit()
    {
        var figures = Turns.Medians(5, () => Timing.Of(() => Fit(Epochs).Dispose()).With(contest.Threads),
            () => contest.TrainOurs(Epochs), () => contest.TrainStock(Epochs));
        yield return Row.Lower($"Fit of a data view, {Epochs} epochs, {contest.With} / our bare loop", figures[0], figures[1], $"s {contest.Clock}");
        yield return Row.Lower($"Fit of a data view, {Epochs} epochs, {contest.With} / PyTorch, stock", figures[0], figures[2], $"s {contest.Clock}");
    }

    /// <summary>The embedding of every row, read through a cursor, beside the encoder over the same rows in blocks.</summary>
    public IEnumerable<Row> Scoring()
    {
        using var transformer = Fit(epochs: 1);
        var architecture = Workload.DenseArchitecture;
        using var network = new DenseAutoencoder(architecture.InputSize, ((DenseNetwork)architecture.Network).HiddenSizes!, architecture.CodeSize,
            architecture.Activation, architecture.OutputActivation, seed);
        using var rows = tensor(_pictures.SelectMany(picture => picture.Pixels).ToArray()).reshape(_pictures.Length, architecture.InputSize);
        var embedded = transformer.Transform(new MLContext(seed).Data.LoadFromEnumerable(_pictures));

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
            for (var first = 0; first < _pictures.Length; first += ScoringBlock)
            {
                using var scope = NewDisposeScope();
                network.encode(rows.narrow(0, first, Math.Min(ScoringBlock, _pictures.Length - first)));
            }
        }
        const int repeats = 5;
        double Rate(Func<Timing> work) => _pictures.Length * repeats / Enumerable.Range(0, repeats).Sum(_ => work().With(contest.Threads));

        var figures = Turns.WarmMedians(11, () => Rate(() => Timing.Of(ReadEmbeddings)), () => Rate(() => Timing.Of(RunNetwork)),
            () => Rate(() => peers.Stock.Time(new { work = "encode", block = ScoringBlock })));
        yield return Row.Higher($"scoring through Transform, {contest.With} / our bare network", figures[0], figures[1], $"rows/s {contest.Clock}");
        yield return Row.Higher($"scoring through Transform, {contest.With} / PyTorch, stock", figures[0], figures[2], $"rows/s {contest.Clock}");
    }

    AutoencoderEmbeddingTransformer Fit(int epochs)
    {
        var (ml, architecture) = (new MLContext(seed), Workload.DenseArchitecture);
        return ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Embedding",
            InputColumnName = nameof(Picture.Pixels),
            EmbeddingSize = architecture.CodeSize,
            Network = architecture.Network,
            Activation = architecture.Activation,
            OutputActivation = architecture.OutputActivation,
            Loss = architecture.Loss,
            Optimizer = Contest.Optimizer,
            Schedule = Contest.Schedule,
            Epochs = epochs,
            BatchSize = work.BatchSize,
        }).Fit(ml.Data.LoadFromEnumerable(_pictures));
    }
}
