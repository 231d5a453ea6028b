using System;
using Microsoft.ML.Runtime;
using static Microsoft.ML.Data.EvaluatedColumns;
using static Microsoft.ML.Data.TypedColumns;

namespace Microsoft.ML.Data;

/// <summary>Errors of a regression; rows whose label or score is NaN are skipped.</summary>
static class RegressionEvaluator
{
    public static RegressionMetrics Evaluate(IHostEnvironment env, IDataView data, string labelName, string scoreName)
    {
        var host = env.Register("RegressionEvaluator");
        var schema = data.Schema;
        var label = Find(host, schema, labelName, "Label");
        var score = Find(host, schema, scoreName, "Score");
        if (!IsSingle(score.Type))
            throw host.ExceptSchemaMismatch(nameof(schema), "score", score.Name, "Single", score.Type.ToString());
        if (!IsSingle(label.Type))
            throw host.ExceptSchemaMismatch(nameof(schema), "label", label.Name, "Single", label.Type.ToString());

        double rows = 0, absolute = 0, squared = 0, loss = 0, labels = 0, squaredLabels = 0;
        using (var cursor = data.GetRowCursor([label, score]))
        {
            var getLabel = cursor.GetGetter<float>(label);
            var getScore = cursor.GetGetter<float>(score);
            float y = 0, prediction = 0;
            while (cursor.MoveNext())
            {
                getLabel(ref y);
                getScore(ref prediction);
                if (float.IsNaN(y) || float.IsNaN(prediction))
                    continue;
                rows++;
                var error = Math.Abs((double)y - prediction);
                absolute += error;
                squared += error * error;
                // These are Single products, which round and overflow earlier.
                loss += (prediction - y) * (prediction - y);
                labels += y;
                squaredLabels += y * y;
            }
        }

        if (rows == 0)
            return new RegressionMetrics();
        var variation = squaredLabels - labels * labels / rows;
        return new RegressionMetrics
        {
            MeanAbsoluteError = absolute / rows,
            MeanSquaredError = squared / rows,
            RootMeanSquaredError = Math.Sqrt(squared / rows),
            LossFunction = loss / rows,
            RSquared = variation == 0 ? double.NaN : 1 - squared / variation,
        };
    }
}
