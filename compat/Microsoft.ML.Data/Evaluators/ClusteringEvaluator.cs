using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML.Runtime;
using static Microsoft.ML.Data.EvaluatedColumns;
using static Microsoft.ML.Data.TypedColumns;

namespace Microsoft.ML.Data;

/// <summary>
/// Compactness and agreement of a clustering. A row belongs to the cluster of its lowest score (a distance); rows whose scores
/// are not finite are skipped, a missing label counts as class 0.
/// </summary>
sealed class ClusteringEvaluator
{
    readonly int _clusters;
    readonly double[] _sizes;
    readonly List<double[]> _confusion = []; // [class][cluster]
    readonly float[][] _centroids;
    readonly double[] _spreads;
    double _rows, _distances;

    ClusteringEvaluator(int clusters, int dimension)
    {
        _clusters = clusters;
        _sizes = new double[clusters];
        _spreads = new double[clusters];
        _centroids = new float[clusters][];
        for (var i = 0; i < clusters; i++)
            _centroids[i] = new float[dimension];
    }

    /// <summary>Evaluates; without features there is no Davies-Bouldin index, without a label no mutual information.</summary>
    public static ClusteringMetrics Evaluate(IHostEnvironment env, IDataView data, string scoreName, string labelName, string featureName)
    {
        var host = env.Register("ClusteringEvaluator");
        var schema = data.Schema;
        DataViewSchema.Column? features = featureName is null ? null : Find(host, schema, featureName, "Feature");
        DataViewSchema.Column? label = labelName is null ? null : Find(host, schema, labelName, "Label");
        var score = Find(host, schema, scoreName, "Score");
        if (label is { } column && !IsSingle(column.Type) && column.Type is not KeyDataViewType { Count: > 0 })
            throw host.ExceptSchemaMismatch(nameof(schema), "label", column.Name, "Single or Key", column.Type.ToString());
        if (SingleVectorSize(score.Type) == 0)
            throw host.ExceptSchemaMismatch(nameof(schema), "score", score.Name, "known-size vector of Single", score.Type.ToString());
        if (features is { } vector && SingleVectorSize(vector.Type) == 0)
            throw host.ExceptSchemaMismatch(nameof(schema), "features", vector.Name, "R4 vector of known size", vector.Type.ToString());

        var evaluator = new ClusteringEvaluator(SingleVectorSize(score.Type), features is null ? 0 : SingleVectorSize(features.Value.Type));
        evaluator.ReadAssignments(data, label, score, features);
        if (features is not null)
            evaluator.ReadSpreads(data, score, features.Value);
        return new ClusteringMetrics
        {
            NormalizedMutualInformation = evaluator.NormalizedMutualInformation,
            AverageDistance = evaluator._distances / evaluator._rows,
            DaviesBouldinIndex = features is null ? 0 : evaluator.DaviesBouldinIndex(),
        };
    }

    void ReadAssignments(IDataView data, DataViewSchema.Column? label, DataViewSchema.Column score, DataViewSchema.Column? features)
    {
        var columns = new[] { label, score, features }.OfType<DataViewSchema.Column>();
        using var cursor = data.GetRowCursor(columns);
        var getLabel = label is null ? null : LabelGetter(cursor, label.Value);
        var getScores = cursor.GetGetter<VBuffer<float>>(score);
        var getFeatures = features is null ? null : cursor.GetGetter<VBuffer<float>>(features.Value);
        var scores = new float[_clusters];
        var row = new float[_centroids[0].Length];
        VBuffer<float> buffer = default;
        while (cursor.MoveNext())
        {
            var value = float.NaN;
            getLabel?.Invoke(ref value);
            var @class = float.IsNaN(value) ? 0 : (int)value;
            if (@class < 0 || (@class != value && !float.IsNaN(value)))
                throw Contracts.Except("Invalid label: {0}", value);
            if (!TryAssign(getScores, ref buffer, scores, out var cluster))
                continue;

            _rows++;
            _distances += scores[cluster];
            _sizes[cluster]++;
            while (_confusion.Count <= @class)
                _confusion.Add(new double[_clusters]);
            _confusion[@class][cluster]++;
            if (getFeatures is null)
                continue;
            getFeatures(ref buffer);
            buffer.CopyTo(row);
            TensorPrimitives.Add(_centroids[cluster], row, _centroids[cluster]);
        }
    }

    /// <summary>The second pass: turns the sums of the features into means, then sums the distances to them.</summary>
    void ReadSpreads(IDataView data, DataViewSchema.Column score, DataViewSchema.Column features)
    {
        for (var i = 0; i < _clusters; i++)
            if (_sizes[i] > 0)
                TensorPrimitives.Multiply(_centroids[i], (float)(1 / _sizes[i]), _centroids[i]);

        using var cursor = data.GetRowCursor([score, features]);
        var getScores = cursor.GetGetter<VBuffer<float>>(score);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var scores = new float[_clusters];
        var row = new float[_centroids[0].Length];
        VBuffer<float> buffer = default;
        while (cursor.MoveNext())
        {
            if (!TryAssign(getScores, ref buffer, scores, out var cluster))
                continue;
            getFeatures(ref buffer);
            buffer.CopyTo(row);
            _spreads[cluster] += Distance(_centroids[cluster], row);
        }
        for (var i = 0; i < _clusters; i++)
            _spreads[i] /= _sizes[i];
    }

    static bool TryAssign(ValueGetter<VBuffer<float>> getScores, ref VBuffer<float> buffer, float[] scores, out int cluster)
    {
        getScores(ref buffer);
        Contracts.Check(buffer.Length == scores.Length);
        buffer.CopyTo(scores);
        cluster = 0;
        if (!AllFinite(scores))
            return false;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] < scores[cluster])
                cluster = i;
        return true;
    }

    /// <summary>In Single and by way of the square, for the same rounding as the real one.</summary>
    static float Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var distance = TensorPrimitives.Distance(x, y);
        return MathF.Sqrt(distance * distance);
    }

    /// <summary>I(class; cluster) / H(class); NaN unless a class other than 0 occurs.</summary>
    double NormalizedMutualInformation
    {
        get
        {
            if (_confusion.Count < 2)
                return double.NaN;
            double information = 0, entropy = 0;
            foreach (var row in _confusion)
            {
                var px = row.Sum() / _rows;
                if (px <= 0)
                    continue;
                for (var j = 0; j < _clusters; j++)
                {
                    var (pxy, py) = (row[j] / _rows, _sizes[j] / _rows);
                    if (pxy > 0)
                        information += pxy * Math.Log(pxy / (px * py));
                }
                entropy -= px * Math.Log(px);
            }
            return information / entropy;
        }
    }

    /// <summary>Davies and Bouldin, IEEE PAMI 1, 1979, averaged over all clusters, the empty ones too.</summary>
    double DaviesBouldinIndex()
    {
        double sum = 0;
        for (var i = 0; i < _clusters; i++)
        {
            double worst = 0;
            for (var j = 0; j < _clusters; j++)
                if (i != j && _sizes[i] > 0 && _sizes[j] > 0)
                    worst = Math.Max(worst, (_spreads[i] + _spreads[j]) / Distance(_centroids[i], _centroids[j]));
            sum += worst;
        }
        return sum / _clusters;
    }
}
