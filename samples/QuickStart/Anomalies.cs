using Extensions.ML;
using Extensions.ML.Generators;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Output;

namespace QuickStart;

/// <summary>
/// Finds the rows of a table that do not follow its pattern: autoencoders that learned to reconstruct all rows, without labels, find their
/// codes and errors unusual. Beside it ML.NET's own detector, RandomizedPca. The labels serve the evaluation only.
/// </summary>
static class Anomalies
{
    public static void Run(Job job)
    {
        job.Report.Section("Anomalies: rows that are unusual to autoencoders",
            "Each detector is fitted on all rows without labels and scores all rows, the usual protocol for these tables. "
            + "The autoencoders learn what rows have in common; a row's score says how unusual its codes, its reconstruction errors and its values are.");
        var rows = new List<string[]>();
        foreach (var table in Tables(job.Options))
            rows.AddRange(Detect(job, table));
        var results = new Table("Anomaly detection", ["Table", "Detector", "AUC", "Found at 5 % false alarms", "Fit, s"], rows,
            "AUC: how often an anomalous row scores above a normal one. The labels were not used in training. "
            + "RandomizedPca: behind NormalizeMinMax, rank a third of the columns.", TextColumns: 2);
        Screen.Show(results);
        job.Report.Add(results);
    }

    static IEnumerable<string[]> Detect(Job job, LabelledTable table)
    {
        var ml = job.ML;
        var data = ml.Data.Cache(Load(ml, table));

        var (autoencoder, fitTime) = Screen.Train($"Autoencoder on {table.Name}", progress =>
            ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
            {
                FeatureColumnName = "Features",
                ContributionsColumnName = "Contributions",
                Progress = progress,
            }).Fit(data));
        var (pca, pcaTime) = Screen.Work($"RandomizedPca on {table.Name}", () =>
            ml.Transforms.NormalizeMinMax("Features", fixZero: false)
                .Append(ml.AnomalyDetection.Trainers.RandomizedPca(rank: (table.Columns.Count + 1) / 3)).Fit(data));

        var ours = autoencoder.Transform(data);
        var peers = pca.Transform(data);
        var scored = ml.Data.CreateEnumerable<ScoredRow>(ours, reuseRowObject: false).ToArray();
        var falseAlarms = scored.Count(row => row.Label == 0) / 20;
        var ourMetrics = ml.AnomalyDetection.Evaluate(ours, falsePositiveCount: falseAlarms);
        var peerMetrics = ml.AnomalyDetection.Evaluate(peers, falsePositiveCount: falseAlarms);

        job.Save($"{table.Name}.zip", autoencoder, data.Schema, ours);
        var anomalies = scored.Count(row => row.Label != 0);
        job.Report.Section(table.Name, $"{scored.Length:N0} rows of {table.Columns.Count} columns, {anomalies:N0} of them "
            + $"({anomalies / (double)scored.Length:P1}) labelled anomalous.");
        job.Report.Add(DetectionFigures.Of(table, scored, autoencoder.Threshold, autoencoder.History,
            ("autoencoder", Curve(ours), Theme.Ours), ("RandomizedPca", Curve(peers), Theme.Peer)));
        return [Row(table.Name, "autoencoder", ourMetrics, fitTime), Row("", "RandomizedPca", peerMetrics, pcaTime)];
    }

    static string[] Row(string table, string detector, AnomalyDetectionMetrics metrics, TimeSpan time) =>
        [table, detector, $"{metrics.AreaUnderRocCurve:F4}", $"{metrics.DetectionRateAtFalsePositiveCount:P1}", $"{time.TotalSeconds:F1}"];

    static DetectionCurve Curve(IDataView view) =>
        DetectionCurve.Of([.. view.GetColumn<float>("Score")], [.. view.GetColumn<float>("Label").Select(label => label != 0)]);

    /// <summary>The tables, put into the output folder as plain CSV files.</summary>
    static IEnumerable<LabelledTable> Tables(SampleOptions options)
    {
        var folder = Directory.CreateDirectory(FolderOf(options)).FullName;
        return options.Data == null
            ? [LabelledTable.MakeTelemetry(folder, days: options.Quick ? 20 : 90, seed: 1)]
            : new[] { "cardio", "thyroid", "mammography" }
                .Select(name => LabelledTable.Unzip(Path.Combine(options.Data, "adbench", name + ".csv.gz"), folder));
    }

    /// <summary>A table that <see cref="Run"/> left in the output folder.</summary>
    public static LabelledTable Open(SampleOptions options, string name) => LabelledTable.Open(Path.Combine(FolderOf(options), name + ".csv"));

    static string FolderOf(SampleOptions options) => Path.Combine(options.Out, "data");

    public static IDataView Load(MLContext ml, LabelledTable table) => ml.Data.LoadFromTextFile(table.Path,
        [
            new TextLoader.Column("Features", DataKind.Single, 0, table.Columns.Count - 1),
            new TextLoader.Column("Label", DataKind.Single, table.Columns.Count),
        ], separatorChar: ',', hasHeader: true);
}
