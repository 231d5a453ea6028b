using System;
using System.Globalization;
using System.Linq;
using Microsoft.ML.Runtime;
using static Microsoft.ML.Data.EvaluatedColumns;
using static Microsoft.ML.Data.TypedColumns;

namespace Microsoft.ML.Data;

/// <summary>
/// Counts of a scorer with one score per class, read as probabilities. Rows with a missing, negative or fractional label or
/// a score that is not finite are skipped; a label beyond the scores counts as wrong at the lowest probability.
/// </summary>
sealed class MulticlassClassificationEvaluator
{
    /// <summary>The least probability that the log-loss believes.</summary>
    const float Epsilon = 1e-15f;

    readonly int _classes;
    readonly double[] _instances;
    readonly double[] _logLosses;
    readonly double[] _ranks; // of the true class; one more for classes beyond the scores
    readonly double[][] _confusion;
    double _total, _correct, _logLoss;

    MulticlassClassificationEvaluator(int classes)
    {
        _classes = classes;
        _instances = new double[classes];
        _logLosses = new double[classes];
        _ranks = new double[classes + 1];
        _confusion = new double[classes][];
        for (var i = 0; i < classes; i++)
            _confusion[i] = new double[classes];
    }

    public static MulticlassClassificationMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelName, string scoreName, string predictedLabelName, int topK)
    {
        var host = env.Register("MultiClassClassifierEvaluator");
        var schema = data.Schema;
        var label = Find(host, schema, labelName, "Label");
        var score = Find(host, schema, scoreName, "Score");
        Find(host, schema, predictedLabelName, "PredictedLabel");
        var classes = SingleVectorSize(score.Type);
        if (classes < 2)
        {
            throw host.ExceptSchemaMismatch(nameof(schema), "score", score.Name,
                "vector of two or more items of type Single", score.Type.ToString());
        }
        if (!IsSingle(label.Type) && label.Type is not KeyDataViewType { Count: > 0 })
            throw host.ExceptSchemaMismatch(nameof(schema), "label", label.Name, "Single or Key", label.Type.ToString());

        var evaluator = new MulticlassClassificationEvaluator(classes);
        evaluator.Read(data, label, score);
        return evaluator.Metrics(ClassNames(score, classes), topK);
    }

    void Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column score)
    {
        using var cursor = data.GetRowCursor([label, score]);
        var getLabel = LabelGetter(cursor, label);
        var getScores = cursor.GetGetter<VBuffer<float>>(score);
        float labelValue = 0;
        VBuffer<float> buffer = default;
        var scores = new float[_classes];
        while (cursor.MoveNext())
        {
            getLabel(ref labelValue);
            if (!(labelValue >= 0) || labelValue != (int)labelValue)
                continue;
            getScores(ref buffer);
            Contracts.Check(buffer.Length == _classes);
            buffer.CopyTo(scores);
            if (AllFinite(scores))
                Add((int)labelValue, scores);
        }
    }

    void Add(int label, float[] scores)
    {
        var known = label < _classes;
        var own = known ? scores[label] : 0;
        // Equal scores rank in class order.
        int rank = 0, assigned = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > own || (scores[i] == own && i < label))
                rank++;
            if (scores[i] > scores[assigned])
                assigned = i;
        }
        var loss = -Math.Log(known ? Math.Min(1, Math.Max(Epsilon, own)) : Epsilon);

        _total++;
        _logLoss += loss;
        _ranks[rank]++;
        if (rank == 0)
            _correct++;
        if (!known)
            return;
        _instances[label]++;
        _logLosses[label] += loss;
        _confusion[label][assigned]++;
    }

    MulticlassClassificationMetrics Metrics(ReadOnlyMemory<char>[] names, int topK)
    {
        var meanLoss = _total > 0 ? _logLoss / _total : 0;
        var entropy = _instances.Where(count => count != 0).Sum(count => count * Math.Log(count / _total)) / -_total;
        var recalls = Enumerable.Range(0, _classes).Where(i => _instances[i] > 0).Select(i => _confusion[i][i] / _instances[i]);
        return new MulticlassClassificationMetrics
        {
            LogLoss = meanLoss,
            LogLossReduction = (entropy - meanLoss) / entropy,
            MacroAccuracy = recalls.DefaultIfEmpty(0).Average(),
            MicroAccuracy = _total > 0 ? _correct / _total : 0,
            TopKPredictionCount = topK,
            TopKAccuracyForAllK = topK > 0 ? TopKAccuracies(topK) : null,
            PerClassLogLoss = Array.AsReadOnly([.. _instances.Zip(_logLosses, (count, loss) => count > 0 ? loss / count : 0)]),
            ConfusionMatrix = new ConfusionMatrix(_confusion, names, isBinary: false),
        };
    }

    double[] TopKAccuracies(int topK)
    {
        // Beyond the number of classes + 1 this throws IndexOutOfRangeException, as the real one does.
        var accuracies = new double[topK];
        double sum = 0;
        for (var k = 0; k < topK; k++)
            accuracies[k] = sum += _ranks[k] / _total;
        return accuracies;
    }

    static ReadOnlyMemory<char>[] ClassNames(DataViewSchema.Column score, int classes)
    {
        if (score.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.SlotNames)?.Type is not VectorDataViewType { IsKnownSize: true, ItemType: TextDataViewType })
            return [.. Enumerable.Range(0, classes).Select(i => i.ToString(CultureInfo.InvariantCulture).AsMemory())];
        VBuffer<ReadOnlyMemory<char>> slots = default;
        score.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref slots);
        var names = new ReadOnlyMemory<char>[slots.Length];
        slots.CopyTo(names);
        return names;
    }
}
