using Extensions.ML;
using Extensions.ML.Generators;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Drawing;
using Samples.Output;

namespace QuickStart;

/// <summary>What the detectors say of a row.</summary>
sealed class Scored
{
    public float Label { get; set; }

    public float Score { get; set; }

    public bool PredictedLabel { get; set; }

    public float[] Contributions { get; set; } = [];
}

/// <summary>
/// Finds the rows of a table that do not follow its pattern: an autoencoder that learned to reconstruct all rows, without labels,
/// reconstructs those badly. Beside it ML.NET's own detector, RandomizedPca. The labels serve the evaluation only.
/// </summary>
static class Anomalies
{
    public static void Run(Job job)
    {
        job.Report.Section("Anomalies: rows that cannot be reconstructed",
            "Each detector is fitted on all rows without labels and scores all rows, the usual protocol for these tables. "
            + "The autoencoder learns what rows have in common; the error with which it reconstructs a row is the row's score.");
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
        var scored = ml.Data.CreateEnumerable<Scored>(ours, reuseRowObject: false).ToArray();
        var falseAlarms = scored.Count(row => row.Label == 0) / 20;
        var ourMetrics = ml.AnomalyDetection.Evaluate(ours, falsePositiveCount: falseAlarms);
        var peerMetrics = ml.AnomalyDetection.Evaluate(peers, falsePositiveCount: falseAlarms);

        job.Save($"{table.Name}.zip", autoencoder, data.Schema, ours);
        Describe(job.Report, table, autoencoder, scored,
        [
            new($"autoencoder AUC {ourMetrics.AreaUnderRocCurve:F3}", LineChart.Roc(Curve(ours)), Theme.Ours),
            new($"RandomizedPca AUC {peerMetrics.AreaUnderRocCurve:F3}", LineChart.Roc(Curve(peers)), Theme.Peer),
        ]);
        return [Row(table.Name, "autoencoder", ourMetrics, fitTime), Row("", "RandomizedPca", peerMetrics, pcaTime)];
    }

    static string[] Row(string table, string detector, AnomalyDetectionMetrics metrics, TimeSpan time) =>
        [table, detector, $"{metrics.AreaUnderRocCurve:F4}", $"{metrics.DetectionRateAtFalsePositiveCount:P1}", $"{time.TotalSeconds:F1}"];

    static void Describe(HtmlReport report, LabelledTable table, AutoencoderAnomalyTransformer autoencoder, Scored[] scored,
        Series[] curves)
    {
        var anomalies = scored.Count(row => row.Label != 0);
        var errors = Array.ConvertAll(scored, row => (row.Score + autoencoder.Threshold, row.Label != 0));
        var strongest = scored.Index().OrderByDescending(row => row.Item.Score).Take(3).Select(row =>
        {
            var total = row.Item.Contributions.Sum();
            var bars = table.Columns.Zip(row.Item.Contributions, (name, part) => (name, Share: (double)(part / total)))
                .OrderByDescending(bar => bar.Share).Take(6);
            return new BarChart.Panel($"Row {row.Index + 1:N0}", row.Item.Label != 0 ? "labelled anomalous" : "labelled normal", [.. bars]);
        });

        report.Section(table.Name, $"{scored.Length:N0} rows of {table.Columns.Count} columns, {anomalies:N0} of them "
            + $"({anomalies / (double)scored.Length:P1}) labelled anomalous.");
        report.Add(
            ($"{table.Name}-scores.png", Histogram.Of($"Scores: {table.Name}", "Rows right of the threshold are reported as anomalous",
                "Reconstruction error (score plus threshold)", errors, autoencoder.Threshold),
                "How far the errors of anomalous rows lie from those of normal ones, and where the detector draws the line by itself."),
            ($"{table.Name}-roc.png", LineChart.RocCurves($"ROC: {table.Name}", "The further up and left, the better", curves),
                "Anomalies found against false alarms, over all thresholds; in the legend the area under each curve."),
            ($"{table.Name}-learning.png", LineChart.LearningCurves($"Learning curves: {table.Name}", autoencoder.History),
                "The reconstruction error falls as the network learns what rows have in common."),
            ($"{table.Name}-contributions.png", BarChart.Of($"What stood out: {table.Name}",
                "Share of each column in the error of the three highest scores", [.. strongest], Theme.Ours),
                "Which columns the network could not explain: where to look first."));
    }

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
