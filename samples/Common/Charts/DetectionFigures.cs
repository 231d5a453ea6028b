using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Samples.Data;
using Samples.Drawing;

namespace Samples.Charts;

/// <summary>What a detector says of a row of a <see cref="LabelledTable"/>.</summary>
public sealed class ScoredRow
{
    /// <summary>Not 0 for an anomaly.</summary>
    public float Label { get; set; }

    /// <summary>Above 0 where the row is reported.</summary>
    public float Score { get; set; }

    public bool PredictedLabel { get; set; }

    /// <summary>The part of each column in the score.</summary>
    public float[] Contributions { get; set; } = [];
}

/// <summary>The figures about a detector on a table.</summary>
public static class DetectionFigures
{
    /// <param name="threshold">Of the detector, by which its scores are shifted.</param>
    /// <param name="curves">The detectors to compare.</param>
    public static (string FileName, Canvas Chart, string Caption)[] Of(LabelledTable table, IReadOnlyList<ScoredRow> rows, float threshold,
        TrainingHistory history, params (string Name, DetectionCurve Curve, Colour Colour)[] curves) =>
    [
        ($"{table.Name}-scores.png", Histogram.Of($"Scores: {table.Name}", "Rows right of the threshold are reported as anomalous",
            "Score before the threshold is subtracted", [.. rows.Select(row => (row.Score + threshold, row.Label != 0))], threshold),
            "How far the scores of anomalous rows lie from those of normal ones, and where the detector draws the line by itself."),
        ($"{table.Name}-roc.png", LineChart.RocCurves($"ROC: {table.Name}", "The further up and left, the better",
            [.. curves.Select(curve => new Series($"{curve.Name} AUC {curve.Curve.AreaUnderRoc():F3}", LineChart.Roc(curve.Curve), curve.Colour))]),
            "Anomalies found against false alarms, over all thresholds; in the legend the area under each curve."),
        ($"{table.Name}-learning.png", LineChart.LearningCurves($"Learning curves: {table.Name}", history),
            "The reconstruction error falls as the networks learn what rows have in common."),
        ($"{table.Name}-contributions.png", BarChart.Of($"What stood out: {table.Name}",
            "Share of each column in the three highest scores", [.. rows.Index().OrderByDescending(row => row.Item.Score).Take(3)
                .Select(row => Contributions(table, row.Item, row.Index))], Theme.Ours),
            "Which columns made these rows unusual: where to look first."),
    ];

    static BarChart.Panel Contributions(LabelledTable table, ScoredRow row, int index)
    {
        var total = row.Contributions.Sum();
        var bars = table.Columns.Zip(row.Contributions, (name, part) => (name, Share: (double)(part / total)));
        return new($"Row {index + 1:N0}", row.Label != 0 ? "labelled anomalous" : "labelled normal",
            [.. bars.OrderByDescending(bar => bar.Share).Take(6)]);
    }
}
