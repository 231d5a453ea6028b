using System.Globalization;
using System.IO.Compression;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Output;

namespace Benchmarks.Generation;

/// <summary>A synthetic census: as a table, as records, and as something to learn from.</summary>
static class SyntheticTables
{
    const string Label = "label";

    static readonly string[] s_numbers = ["age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"];

    sealed record Family(string Name, Func<IDataView, IReadOnlyList<string>, IProgress<TrainingProgress>, GeneratorTransformer> Fit)
    {
        public static Family Of<TOptions>(string name, Func<TOptions, GeneratorTrainer> trainer, Func<TOptions> create, bool quick)
            where TOptions : GeneratorOptions => new(name, (data, columns, progress) =>
        {
            var options = create();
            (options.InputColumnNames, options.LabelColumnName, options.Progress) = (columns, Label, progress);
            if (quick)
                options.Epochs = 2;
            return trainer(options).Fit(data);
        });
    }

    static Family[] Families(MLContext ml, bool quick) =>
    [
        Family.Of("vae", ml.Generation.Trainers.VariationalAutoencoder, () => new VariationalGeneratorTrainer.Options(), quick),
        Family.Of("gan", ml.Generation.Trainers.Gan, () => new GanTrainer.Options(), quick),
        Family.Of("autoregressive", ml.Generation.Trainers.Autoregressive, () => new AutoregressiveTrainer.Options { Encoding = ColumnEncoding.Quantile }, quick),
        Family.Of("diffusion", ml.Generation.Trainers.Diffusion, () => new DiffusionTrainer.Options(), quick),
    ];

    public static Table Run(MLContext ml, BenchmarkOptions options, Dictionary<string, double> figures)
    {
        var gzip = Path.Combine(options.Data!, "tabular", "adult.csv.gz");
        if (!File.Exists(gzip))
            throw new InvalidDataException($"There is no file '{gzip}'.");
        var file = Path.GetTempFileName();
        try
        {
            using (var from = new GZipStream(File.OpenRead(gzip), CompressionMode.Decompress))
            using (var to = File.Create(file))
                from.CopyTo(to);
            return Run(ml, file, options.Quick, figures);
        }
        finally
        {
            File.Delete(file);
        }
    }

    static Table Run(MLContext ml, string file, bool quick, Dictionary<string, double> figures)
    {
        string[] columns = File.ReadLines(file).First().Split(',')[..^1];
        var all = ml.Data.LoadFromTextFile(file, [.. columns.Append(Label).Select((name, i) => new TextLoader.Column(name,
            name == Label ? DataKind.Boolean : s_numbers.Contains(name) ? DataKind.Single : DataKind.String, i))], separatorChar: ',', hasHeader: true);
        var split = ml.Data.TrainTestSplit(ml.Data.Cache(all), testFraction: 0.2, seed: 1);
        var (train, test) = (ml.Data.Cache(split.TrainSet), ml.Data.Cache(split.TestSet));
        var rows = new List<string[]>();
        foreach (var family in Families(ml, quick))
        {
            using var model = Screen.Train($"Table: {family.Name}", progress => family.Fit(train, columns, progress)).Model;
            var synthetic = ml.Data.Cache(ml.Generation.Sample(model, train.GetColumn<bool>(Label).Count()));
            var ((table, trained), _) = Screen.Work($"Table: measuring {family.Name}", () => (ml.Generation.EvaluateTable(train, synthetic),
                ml.Generation.TrainOnSynthetic(train, synthetic, test, Classifier(ml, columns), Label)));
            (string Figure, double Value, string Format)[] measured =
            [
                ("difference", table.MeanDifference, "F3"), ("associations", table.AssociationDifference, "F3"),
                ("nearest.real", table.GeneratedToReal, "F4"), ("nearest.real.of.real", table.RealToReal, "F4"), ("copies", table.Copies, "P2"),
                ("accuracy.on.real", trained.TrainedOnReal.Accuracy, "P2"), ("accuracy.on.synthetic", trained.TrainedOnSynthetic.Accuracy, "P2"),
            ];
            foreach (var (figure, value, _) in measured)
                figures[$"adult.{family.Name}.{figure}"] = value;
            rows.Add([family.Name, .. measured.Select(m => m.Value.ToString(m.Format, CultureInfo.InvariantCulture))]);
        }
        return new("A synthetic census (adult)",
            ["Generator", "Columns differ", "Associations differ", "To real", "Real to real", "Copies", "Trained on real", "On synthetic"], [.. rows],
            "Columns: mean of Kolmogorov-Smirnov and total variation. To real: median distance to the nearest real record. Trained: accuracy of logistic "
                + "regression on a fifth of the real records that no model saw.");
    }

    static IEstimator<ITransformer> Classifier(MLContext ml, string[] columns)
    {
        var texts = columns.Except(s_numbers).ToArray();
        return ml.Transforms.Categorical.OneHotEncoding([.. texts.Select(name => new InputOutputColumnPair(name))])
            .Append(ml.Transforms.Concatenate("Features", columns))
            .Append(ml.Transforms.NormalizeMinMax("Features"))
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(Label));
    }
}
