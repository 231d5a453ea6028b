using System.Globalization;
using System.Runtime.InteropServices;
using Benchmarks.Anomaly;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Output;

namespace Benchmarks.Generation;

/// <summary>How likely test rows of tables are to models that tell a density, beside a normal distribution and a mixture of 50 of them.</summary>
static class Densities
{
    static readonly string[] s_sets = ["mnist", "musk", "satellite", "thyroid"];

    sealed record Family(string Name, Func<IDataView, IProgress<TrainingProgress>, GeneratorTransformer> Fit);

    static Family[] Families(MLContext ml, bool quick) =>
    [
        new("vae", (data, progress) => ml.Generation.Trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options
        {
            Epochs = quick ? 2 : null,
            Progress = progress,
        }).Fit(data)),
        Flow(ml, "flow", new FlowDesign { Autoregressive = true }, quick),
        Flow(ml, "couplings", new FlowDesign(), quick),
        new("autoregressive", (data, progress) => ml.Generation.Trainers.Autoregressive(new AutoregressiveTrainer.Options
        {
            Epochs = quick ? 2 : null,
            Progress = progress,
        }).Fit(data)),
    ];

    static Family Flow(MLContext ml, string name, FlowDesign design, bool quick) => new(name, (data, progress) =>
        ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options { Flow = design, Epochs = quick ? 2 : null, Progress = progress }).Fit(data));

    public static Table Run(MLContext ml, BenchmarkOptions options, Dictionary<string, double> figures)
    {
        using var peer = new PythonPeer("generation.py", likeOurs: false, module: "sklearn");
        var rows = new List<string[]>();
        string[] names = [];
        foreach (var set in DetectionSet.All(options.Data).Where(set => s_sets.Contains(set.Name)))
        {
            var (train, test) = Split(set.Rows, seed: 1);
            var found = new List<(string Name, double Value)>
            {
                ("gaussian", Peer(peer, train, test, components: 1)),
                ("mixture", Peer(peer, train, test, components: options.Quick ? 5 : 50)),
            };
            foreach (var family in Families(ml, options.Quick))
            {
                using var model = Screen.Train($"Density of {set.Name}: {family.Name}", progress => family.Fit(View(ml, train), progress)).Model;
                found.Add((family.Name, model.Transform(View(ml, test)).GetColumn<float>("LogLikelihood").Average(value => (double)value)));
            }
            foreach (var (name, value) in found)
                figures[$"density.{set.Name}.{name}.nats"] = value;
            names = [.. found.Select(f => f.Name)];
            rows.Add([set.Name, .. found.Select(f => f.Value.ToString("F2", CultureInfo.InvariantCulture))]);
        }
        return new("Log-likelihood of test rows, nats a row", ["Set", .. names], [.. rows],
            "Standardised columns, without constant ones. Gaussian and mixture: scikit-learn's, full covariances, regularised as a tenth of the training rows "
                + "asks for. The variational autoencoder's is a lower bound; flow: of masked autoregressive steps.");
    }

    static double Peer(PythonPeer peer, float[][] train, float[][] test, int components)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, MemoryMarshal.AsBytes(train.Concat(test).SelectMany(row => row).ToArray().AsSpan()));
            return (double)peer.Ask(new { work = "mixture", file, width = train[0].Length, train = train.Length, components })["nats"]!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Four fifths to learn from and the rest, brought to mean 0 and variance 1 of the former; columns that are constant there are left out.</summary>
    static (float[][] Train, float[][] Test) Split(float[][] rows, int seed)
    {
        var shuffled = rows.ToArray();
        new Random(seed).Shuffle(shuffled);
        var count = shuffled.Length * 4 / 5;
        var columns = Enumerable.Range(0, rows[0].Length).Select(c =>
        {
            var values = Array.ConvertAll(shuffled[..count], row => (double)row[c]);
            var mean = values.Average();
            return (Column: c, Mean: mean, Deviation: Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
        }).Where(column => column.Deviation > 0).ToArray();
        var scaled = Array.ConvertAll(shuffled, row => Array.ConvertAll(columns, column => (float)((row[column.Column] - column.Mean) / column.Deviation)));
        return (scaled[..count], scaled[count..]);
    }

    static IDataView View(MLContext ml, float[][] rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        return ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Features = row }), schema);
    }

    sealed class Row
    {
        public float[] Features { get; set; } = [];
    }
}
