using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Output;

namespace AnomalyDetection;

/// <summary>
/// Finds the rows of tables that do not follow the pattern of the others: our detector and ML.NET's RandomizedPca, fitted on all rows without
/// labels. Then what turns scores into decisions, a threshold by the expected share of anomalies or by labelled rows.
/// </summary>
sealed class Tables(MLContext ml, SampleOptions options, HtmlReport report)
{
    readonly List<string[]> results = [], decisions = [];

    public void Run()
    {
        report.Section("Tables: rows that do not follow the pattern",
            "Each detector is fitted on all rows without labels and scores all rows, the usual protocol for these tables.");
        foreach (var table in All())
            Detect(table);
        var detection = new Table("How well anomalies are told from other rows", ["Table", "Detector", "AUC", "Average precision", "Fit, s"], results,
            "AUC: how often an anomalous row scores above a normal one. RandomizedPca: behind NormalizeMinMax, rank a third of the columns.");
        var thresholds = new Table("From scores to decisions", ["Table", "Threshold", "Reported", "Precision", "Recall", "F1"], decisions,
            "The detector is fitted on half of the rows without labels, and decides on the other half. By contamination: the threshold that "
            + "5 % of the training rows exceed, the default. By labels: the threshold of the best F1 on the training half, with its labels.");
        foreach (var table in new[] { detection, thresholds })
        {
            Screen.Show(table);
            report.Add(table);
        }
    }

    void Detect(LabelledTable table)
    {
        var data = ml.Data.Cache(ml.Data.LoadFromTextFile(table.Path,
            [
                new TextLoader.Column("Features", DataKind.Single, 0, table.Columns.Count - 1),
                new TextLoader.Column("Label", DataKind.Single, table.Columns.Count),
            ], separatorChar: ',', hasHeader: true));

        var (detector, fitTime) = Screen.Train($"Detector on {table.Name}", progress =>
            ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
            {
                ContributionsColumnName = "Contributions",
                Progress = progress,
            }).Fit(data));
        var (pca, pcaTime) = Screen.Work($"RandomizedPca on {table.Name}", () =>
            ml.Transforms.NormalizeMinMax("Features", fixZero: false)
                .Append(ml.AnomalyDetection.Trainers.RandomizedPca(rank: (table.Columns.Count + 1) / 3)).Fit(data));

        var scored = detector.Transform(data);
        var (ours, peers) = (Curve(scored), Curve(pca.Transform(data)));
        results.Add(Result(table.Name, "autoencoders", ours, fitTime));
        results.Add(Result("", "RandomizedPca", peers, pcaTime));

        var rows = ml.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false).ToArray();
        var anomalies = rows.Count(row => row.Label != 0);
        report.Section(table.Name, $"{rows.Length:N0} rows of {table.Columns.Count} columns, {anomalies:N0} of them "
            + $"({anomalies / (double)rows.Length:P1}) labelled anomalous.");
        report.Add(DetectionFigures.Of(table, rows, detector.Threshold, detector.History,
            ("autoencoders", ours, Theme.Ours), ("RandomizedPca", peers, Theme.Peer)));
        Ask(table, detector, data, rows);
        Decide(table, data);
    }

    static DetectionCurve Curve(IDataView scored) =>
        DetectionCurve.Of([.. scored.GetColumn<float>("Score")], [.. scored.GetColumn<float>("Label").Select(label => label != 0)]);

    static string[] Result(string table, string detector, DetectionCurve curve, TimeSpan time) =>
        [table, detector, $"{curve.AreaUnderRoc():F4}", $"{curve.AveragePrecision():F4}", $"{time.TotalSeconds:F1}"];

    /// <summary>Saves the detector, loads it as a service would, and asks it about the strangest row alone.</summary>
    void Ask(LabelledTable table, AutoencoderAnomalyTransformer detector, IDataView data, ScoredRow[] rows)
    {
        var path = Path.Combine(options.Out, $"{table.Name}.zip");
        ml.Model.Save(detector, data.Schema, path);
        var loaded = new MLContext().Model.Load(path, out var schema);
        using var engine = ml.Model.CreatePredictionEngine<Row, ScoredRow>(loaded, schema);
        var strangest = rows.Index().MaxBy(row => row.Item.Score).Index;
        var answer = engine.Predict(ml.Data.CreateEnumerable<Row>(data, reuseRowObject: false).ElementAt(strangest));
        var reasons = table.Columns.Zip(answer.Contributions, (column, part) => (column, Share: part / answer.Contributions.Sum()))
            .OrderByDescending(reason => reason.Share).Take(3).Where(reason => reason.Share >= 0.01)
            .Select(reason => $"{reason.column} {reason.Share:P0}");
        Screen.Line($"Saved, loaded and asked about row {strangest + 1:N0} alone: score {answer.Score:F2} (in the batch {rows[strangest].Score:F2}), "
            + $"most of it from {string.Join(", ", reasons)}.");
    }

    void Decide(LabelledTable table, IDataView data)
    {
        var halves = ml.Data.TrainTestSplit(data, testFraction: 0.5, seed: 1);
        using var byContamination = ml.AnomalyDetection.Trainers.Autoencoder().Fit(halves.TrainSet);
        decisions.Add(Decision(table.Name, "by contamination", byContamination.Transform(halves.TestSet)));
        var byLabels = byContamination.WithThresholdFrom(halves.TrainSet);
        decisions.Add(Decision("", "by labels", byLabels.Transform(halves.TestSet)));
    }

    string[] Decision(string table, string threshold, IDataView scored)
    {
        var rows = ml.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false, ignoreMissingColumns: true).ToArray();
        var (reported, anomalies) = (rows.Count(row => row.PredictedLabel), rows.Count(row => row.Label != 0));
        var found = rows.Count(row => row.PredictedLabel && row.Label != 0);
        var (precision, recall) = (found / (double)Math.Max(1, reported), found / (double)anomalies);
        var f1 = 2.0 * found / (reported + anomalies);
        return [table, threshold, $"{reported / (double)rows.Length:P1}", $"{precision:P1}", $"{recall:P1}", $"{f1:F3}"];
    }

    /// <summary>The tables, put into the output folder as plain CSV files.</summary>
    IEnumerable<LabelledTable> All()
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Out, "data")).FullName;
        string[] names = options.Quick ? ["cardio"] : ["cardio", "thyroid", "mammography", "satellite"];
        return options.Data == null
            ? [LabelledTable.MakeTelemetry(folder, days: options.Quick ? 20 : 90, seed: 1)]
            : names.Select(name => LabelledTable.Unzip(Path.Combine(options.Data, "adbench", name + ".csv.gz"), folder));
    }

    sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
