using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;
using static Microsoft.ML.Data.EvaluatedColumns;
using static Microsoft.ML.Data.TypedColumns;

namespace Microsoft.ML.Data;

/// <summary>Ranking quality of anomaly scores; labels above 0 are anomalies, rows with a NaN label or a score that is not finite are skipped.</summary>
static class AnomalyDetectionEvaluator
{
    /// <summary>The share of the normal rows that is always looked at, however small the number of false positives asked for.</summary>
    const double FalsePositiveRate = 0.01;

    public static AnomalyDetectionMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelName, string scoreName, string predictedLabelName, int falsePositiveCount)
    {
        var host = env.Register("AnomalyDetectionEvaluator");
        host.CheckUserArg(falsePositiveCount > 0, "K", "Must be positive");
        var schema = data.Schema;
        var label = Find(host, schema, labelName, "Label");
        var score = Find(host, schema, scoreName, "Score");
        Find(host, schema, predictedLabelName, "PredictedLabel");
        if (!IsSingle(score.Type))
            throw host.ExceptSchemaMismatch(nameof(schema), "score", score.Name, "Single", score.Type.ToString());
        if (!IsSingle(label.Type) && !IsKeyOf(label.Type, 2))
        {
            throw host.ExceptSchemaMismatch(nameof(schema), "label", label.Name,
                "Single or a Key with cardinality 2", label.Type.ToString());
        }

        var rows = Read(data, label, score);
        List<float> anomalies = [], normals = [];
        foreach (var row in rows)
            (row.Anomaly ? anomalies : normals).Add(row.Score);
        return new AnomalyDetectionMetrics
        {
            AreaUnderRocCurve = RankCurves.AreaUnderRoc(anomalies, normals),
            DetectionRateAtFalsePositiveCount = DetectionRate(rows, anomalies.Count, normals.Count, falsePositiveCount),
        };
    }

    static List<(float Score, bool Anomaly)> Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column score)
    {
        var rows = new List<(float, bool)>();
        using var cursor = data.GetRowCursor([label, score]);
        var getLabel = LabelGetter(cursor, label);
        var getScore = cursor.GetGetter<float>(score);
        float labelValue = 0, scoreValue = 0;
        while (cursor.MoveNext())
        {
            getLabel(ref labelValue);
            getScore(ref scoreValue);
            if (!float.IsNaN(labelValue) && float.IsFinite(scoreValue))
                rows.Add((scoreValue, labelValue > 0));
        }
        return rows;
    }

    /// <summary>
    /// The share of the anomalies that rank above the normal row number <paramref name="falsePositives"/> + 1. Only the highest
    /// normal rows are kept, and with the lowest of them go the anomalies below it: those count as missed.
    /// </summary>
    static double DetectionRate(List<(float Score, bool Anomaly)> rows, int anomalies, int normals, int falsePositives)
    {
        var kept = (int)Math.Ceiling(Math.Max(Math.Max(FalsePositiveRate * normals, falsePositives), anomalies));
        var lowestFirst = new BinaryHeap<(float Score, bool Anomaly)>((x, y) => x.Score < y.Score);
        var normalsSeen = 0;
        foreach (var row in rows)
        {
            if (normalsSeen == kept)
            {
                if (row.Score < lowestFirst.Top.Score)
                    continue;
                lowestFirst.Add(row);
                if (!row.Anomaly)
                    while (lowestFirst.Pop().Anomaly) ;
                continue;
            }
            lowestFirst.Add(row);
            if (!row.Anomaly)
                normalsSeen++;
        }

        var highestLast = new List<(float Score, bool Anomaly)>();
        while (lowestFirst.Count > 0)
            highestLast.Add(lowestFirst.Pop());
        int found = 0, wrong = 0;
        for (var i = highestLast.Count - 1; i >= 0 && wrong <= falsePositives; i--)
        {
            if (highestLast[i].Anomaly)
                found++;
            else
                wrong++;
        }
        return (double)found / anomalies;
    }
}
