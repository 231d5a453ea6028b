using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Transforms that bring the slots of a column to a common scale.</summary>
public static class NormalizationCatalog
{
    public static NormalizingEstimator NormalizeMinMax(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null, long maximumExampleCount = 1000000000,
        bool fixZero = true)
        => new(CatalogUtils.GetEnvironment(catalog),
            new NormalizingEstimator.ColumnOptions(
                outputColumnName, inputColumnName ?? outputColumnName, maximumExampleCount, fixZero, NormalizingEstimator.Method.MinMax));

    public static NormalizingEstimator NormalizeMinMax(
        this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = 1000000000, bool fixZero = true)
        => Normalize(catalog, columns, maximumExampleCount, fixZero, NormalizingEstimator.Method.MinMax);

    public static NormalizingEstimator NormalizeMeanVariance(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null,
        long maximumExampleCount = 1000000000, bool fixZero = true, bool useCdf = false)
        => new(CatalogUtils.GetEnvironment(catalog),
            new NormalizingEstimator.ColumnOptions(
                outputColumnName, inputColumnName ?? outputColumnName, maximumExampleCount, fixZero, MeanVariance(useCdf)));

    public static NormalizingEstimator NormalizeMeanVariance(
        this TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount = 1000000000, bool fixZero = true,
        bool useCdf = false)
        => Normalize(catalog, columns, maximumExampleCount, fixZero, MeanVariance(useCdf));

    static NormalizingEstimator.Method MeanVariance(bool useCdf)
        => useCdf ? NormalizingEstimator.Method.MeanVarianceCdf : NormalizingEstimator.Method.MeanVariance;

    static NormalizingEstimator Normalize(
        TransformsCatalog catalog, InputOutputColumnPair[] columns, long maximumExampleCount, bool fixZero,
        NormalizingEstimator.Method method)
        => new(CatalogUtils.GetEnvironment(catalog), columns.Select(pair => new NormalizingEstimator.ColumnOptions(
            pair.OutputColumnName, pair.InputColumnName, maximumExampleCount, fixZero, method)).ToArray());
}
