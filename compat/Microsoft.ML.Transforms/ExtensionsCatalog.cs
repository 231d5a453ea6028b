using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Transforms that deal with missing values.</summary>
public static class ExtensionsCatalog
{
    public static MissingValueIndicatorEstimator IndicateMissingValues(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null)
        => new(CatalogUtils.GetEnvironment(catalog), (outputColumnName, inputColumnName ?? outputColumnName));

    public static MissingValueIndicatorEstimator IndicateMissingValues(this TransformsCatalog catalog, InputOutputColumnPair[] columns)
    {
        var env = CatalogUtils.GetEnvironment(catalog);
        env.CheckValue(columns, nameof(columns));
        return new(env, InputOutputColumnPair.ConvertToValueTuples(columns));
    }

    public static MissingValueReplacingEstimator ReplaceMissingValues(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null,
        MissingValueReplacingEstimator.ReplacementMode replacementMode = MissingValueReplacingEstimator.ReplacementMode.DefaultValue,
        bool imputeBySlot = true)
        => new(CatalogUtils.GetEnvironment(catalog),
            new MissingValueReplacingEstimator.ColumnOptions(
                outputColumnName, inputColumnName ?? outputColumnName, replacementMode, imputeBySlot));

    public static MissingValueReplacingEstimator ReplaceMissingValues(
        this TransformsCatalog catalog, InputOutputColumnPair[] columns,
        MissingValueReplacingEstimator.ReplacementMode replacementMode = MissingValueReplacingEstimator.ReplacementMode.DefaultValue,
        bool imputeBySlot = true)
    {
        var env = CatalogUtils.GetEnvironment(catalog);
        env.CheckValue(columns, nameof(columns));
        return new(env, columns.Select(pair => new MissingValueReplacingEstimator.ColumnOptions(
            pair.OutputColumnName, pair.InputColumnName, replacementMode, imputeBySlot)).ToArray());
    }
}
