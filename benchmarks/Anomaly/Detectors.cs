using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Benchmarks.Anomaly;

/// <summary>How well a detector tells the anomalies of a set from its other rows.</summary>
/// <param name="Auroc">Area under the receiver operating characteristic.</param>
/// <param name="Ap">Average precision.</param>
/// <param name="Seconds">To fit all rows and to score them, on the clock on the wall.</param>
readonly record struct Detection(double Auroc, double Ap, double Seconds);

/// <summary>
/// The detectors of the benchmark. Each is fitted on all rows of a set, without labels, and scores the same rows; all with their
/// defaults, and with the scaling that their documentation asks for.
/// </summary>
sealed class Detectors : IDisposable
{
    public const string Ours = "ours";

    /// <summary>kNN measures larger sets against a sample of so many rows, as Livernoche et al. (ICLR 2024) do.</summary>
    public const int MostReferences = 50_000;

    readonly PythonPeer _peer = new("anomaly.py", likeOurs: false, module: "sklearn");
    readonly string _file = Path.GetTempFileName();
    readonly int? _threads;

    public Detectors(BenchmarkOptions options)
    {
        _threads = options.Threads;
        if (_threads is { } threads)
            TorchEngine.Threads = threads;
        // What is compiled and loaded once counts for no set.
        var random = new Random(1);
        float[] Row() => [random.NextSingle(), random.NextSingle(), random.NextSingle()];
        FitAndScore([.. Enumerable.Range(0, 300).Select(_ => Row())], seed: 1, Autoencoder);
    }

    /// <summary>Name, whether it depends on a seed, and how it detects.</summary>
    public IReadOnlyList<(string Name, bool Seeded, Func<DetectionSet, int, Detection> Detect)> All =>
    [
        (Ours, true, (set, seed) => Detect(set, seed, Autoencoder)),
        ("RandomizedPca", true, (set, seed) => Detect(set, seed, RandomizedPca)),
        ("IsolationForest", true, (_, seed) => Ask(new { work = "forest", seed })),
        ("kNN", false, (_, _) => Ask(new { work = "neighbours", k = 5, references = MostReferences })),
    ];

    /// <summary>Gives the peer the set that is worked on from now on.</summary>
    public void Use(DetectionSet set)
    {
        set.WriteTo(_file);
        _peer.Ask(new { work = "table", file = _file, width = set.Width, threads = _threads });
    }

    static IEstimator<ITransformer> Autoencoder(MLContext ml, int width) => ml.AnomalyDetection.Trainers.Autoencoder();

    // Its rank must stay below the number of columns, or nothing is left to tell rows apart by.
    static IEstimator<ITransformer> RandomizedPca(MLContext ml, int width) => ml.Transforms.NormalizeMinMax("Features", fixZero: false)
        .Append(ml.AnomalyDetection.Trainers.RandomizedPca(rank: (width + 1) / 3));

    Detection Detect(DetectionSet set, int seed, Func<MLContext, int, IEstimator<ITransformer>> detector)
    {
        float[] scores = [];
        var time = Timing.Of(() => scores = FitAndScore(set.Rows, seed, detector));
        var curve = DetectionCurve.Of(scores, set.Anomalous);
        var detection = new Detection(curve.AreaUnderRoc(), curve.AveragePrecision(), time.Wall);

        // The peers are judged by scikit-learn, so both must judge alike.
        File.WriteAllBytes(_file, MemoryMarshal.AsBytes(scores.AsSpan()));
        var judged = Read(_peer.Ask(new { work = "judge", file = _file }), detection.Seconds);
        return Math.Abs(judged.Auroc - detection.Auroc) < 1e-9 && Math.Abs(judged.Ap - detection.Ap) < 1e-9 ? detection
            : throw new PeerException($"On {set.Name} scikit-learn finds {judged}, and we find {detection}.");
    }

    static float[] FitAndScore(float[][] rows, int seed, Func<MLContext, int, IEstimator<ITransformer>> detector)
    {
        var ml = new MLContext(seed);
        var schema = SchemaDefinition.Create(typeof(Features));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        var data = ml.Data.LoadFromEnumerable(rows.Select(row => new Features { Values = row }), schema);
        var model = detector(ml, rows[0].Length).Fit(data);
        // RandomizedPca's NaN: the components explain the row to the last bit, or rounding makes them explain more than there is.
        var scores = model.Transform(data).GetColumn<float>("Score").Select(score => float.IsNaN(score) ? 0 : score).ToArray();
        (model as IDisposable)?.Dispose();
        return scores;
    }

    Detection Ask(object request)
    {
        var answer = _peer.Ask(request);
        return Read(answer, (double)answer["seconds"]!);
    }

    static Detection Read(JsonNode answer, double seconds) => new((double)answer["auroc"]!, (double)answer["ap"]!, seconds);

    public void Dispose()
    {
        _peer.Dispose();
        File.Delete(_file);
    }

    sealed class Features
    {
        [ColumnName("Features")]
        public float[] Values { get; set; } = [];
    }
}
