using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;
using static Microsoft.ML.Data.EvaluatedColumns;
using static Microsoft.ML.Data.TypedColumns;

namespace Microsoft.ML.Data;

/// <summary>Counts and curves of a two-class scorer. The predicted class is Score > 0; rows without a finite score or a label are skipped.</summary>
sealed class BinaryClassificationEvaluator
{
    /// <summary>Rows that the precision-recall curve is computed on; a uniform sample of larger data.</summary>
    const int MaximumCurveRows = 100_000;

    readonly List<float> _positiveScores = [];
    readonly List<float> _negativeScores = [];
    readonly List<(float Score, bool Positive)> _curveRows = [];
    readonly double[][] _confusion = [[0, 0], [0, 0]];
    readonly Random _random;
    long _rows;
    long _positivesWithProbability, _negativesWithProbability;
    double _logLoss;

    BinaryClassificationEvaluator(Random random) => _random = random;

    /// <summary>Evaluates; null as the probability column means the metrics of an uncalibrated model.</summary>
    public static BinaryClassificationMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelName, string scoreName, string probabilityName, string predictedLabelName)
    {
        var host = env.Register("BinaryClassifierEvaluator");
        var schema = data.Schema;
        var label = Find(host, schema, labelName, "Label");
        var score = Find(host, schema, scoreName, "Score");
        DataViewSchema.Column? probability = probabilityName is null ? null : Find(host, schema, probabilityName, "Probability");
        Find(host, schema, predictedLabelName, "PredictedLabel");
        if (!IsSingle(score.Type))
            throw host.ExceptSchemaMismatch(nameof(schema), "score", score.Name, "Single", score.Type.ToString());
        if (label.Type is not BooleanDataViewType && !IsKeyOf(label.Type, 2) && !IsSingle(label.Type) && label.Type.RawType != typeof(double))
        {
            throw host.ExceptSchemaMismatch(nameof(schema), "label", label.Name,
                "Single, Double, Boolean, or a Key with cardinality 2", label.Type.ToString());
        }
        if (probability is { } column && !IsSingle(column.Type))
            throw host.ExceptSchemaMismatch(nameof(schema), "probability", column.Name, "Single", column.Type.ToString());

        var evaluator = new BinaryClassificationEvaluator(host.Register("Aggregator").Rand);
        evaluator.Read(data, label, score, probability);
        return probability is null
            ? evaluator.CoreMetrics(label)
            : new CalibratedBinaryClassificationMetrics(evaluator.CoreMetrics(label), evaluator.LogLoss, evaluator.LogLossReduction, evaluator.Entropy);
    }

    void Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column score, DataViewSchema.Column? probability)
    {
        DataViewSchema.Column[] columns = probability is { } column ? [label, score, column] : [label, score];
        using var cursor = data.GetRowCursor(columns);
        var getLabel = LabelGetter(cursor, label);
        var getScore = cursor.GetGetter<float>(score);
        var getProbability = probability is null ? null : cursor.GetGetter<float>(probability.Value);
        float labelValue = 0, scoreValue = 0, probabilityValue = float.NaN;
        while (cursor.MoveNext())
        {
            getLabel(ref labelValue);
            getScore(ref scoreValue);
            if (!float.IsFinite(scoreValue) || float.IsNaN(labelValue))
                continue;
            getProbability?.Invoke(ref probabilityValue);
            Add(labelValue > 0, scoreValue, probabilityValue);
        }
    }

    void Add(bool positive, float score, float probability)
    {
        _confusion[positive ? 0 : 1][score > 0 ? 0 : 1]++;
        (positive ? _positiveScores : _negativeScores).Add(score);
        Sample((score, positive));

        if (float.IsNaN(probability))
        {
            _logLoss = double.NaN;
            return;
        }
        if (positive)
            _positivesWithProbability++;
        else
            _negativesWithProbability++;
        _logLoss -= Math.Log(positive ? probability : 1.0 - probability, 2);
    }

    void Sample((float, bool) row)
    {
        _rows++;
        if (_curveRows.Count < MaximumCurveRows)
            _curveRows.Add(row);
        else if (_random.NextDouble() * _rows < MaximumCurveRows)
            _curveRows[_random.Next(MaximumCurveRows)] = row;
    }

    long WithProbability => _positivesWithProbability + _negativesWithProbability;

    double LogLoss => double.IsNaN(_logLoss) ? double.NaN : WithProbability > 0 ? _logLoss / WithProbability : 0;

    double LogLossReduction
    {
        get
        {
            if (WithProbability == 0)
                return 0;
            var prior = BinaryEntropy((double)_positivesWithProbability / WithProbability);
            return (prior - _logLoss / WithProbability) / prior;
        }
    }

    double Entropy => BinaryEntropy((double)_positiveScores.Count / (_positiveScores.Count + _negativeScores.Count));

    BinaryClassificationMetrics CoreMetrics(DataViewSchema.Column label)
    {
        var areaUnderRoc = RankCurves.AreaUnderRoc(_positiveScores, _negativeScores);
        var confusion = new ConfusionMatrix(_confusion, ClassNames(label), isBinary: true);
        var correct = _confusion[0][0] + _confusion[1][1];
        return new BinaryClassificationMetrics(areaUnderRoc, correct / (_positiveScores.Count + _negativeScores.Count),
            RankCurves.AreaUnderPrecisionRecall(_curveRows), confusion);
    }

    /// <summary>The texts of the two key values where the label has some (the first is the one that counts as negative), else fixed names.</summary>
    static ReadOnlyMemory<char>[] ClassNames(DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType || label.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type is not VectorDataViewType
            { Size: > 0, ItemType: TextDataViewType })
        {
            return ["positive".AsMemory(), "negative".AsMemory()];
        }
        VBuffer<ReadOnlyMemory<char>> values = default;
        label.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
        var names = new ReadOnlyMemory<char>[2];
        values.CopyTo(names);
        return names;
    }

    static double BinaryEntropy(double share)
        => share is < 0 or > 1 ? double.NaN : share is 0 or 1 ? 0 : -share * Math.Log(share, 2) - (1 - share) * Math.Log(1 - share, 2);
}
