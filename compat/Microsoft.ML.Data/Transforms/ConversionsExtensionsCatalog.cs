using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Transforms of values to another type.</summary>
public static class ConversionsExtensionsCatalog
{
    public static TypeConvertingEstimator ConvertType(
        this TransformsCatalog.ConversionTransforms catalog,
        string outputColumnName, string inputColumnName = null, DataKind outputKind = DataKind.Single)
        => new(CatalogUtils.GetEnvironment(catalog), [(outputColumnName, inputColumnName ?? outputColumnName)], outputKind);

    public static TypeConvertingEstimator ConvertType(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns, DataKind outputKind = DataKind.Single)
        => new(CatalogUtils.GetEnvironment(catalog), Pairs(catalog, columns), outputKind);

    public static KeyToValueMappingEstimator MapKeyToValue(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName, string inputColumnName = null)
        => new(CatalogUtils.GetEnvironment(catalog), (outputColumnName, inputColumnName ?? outputColumnName));

    public static KeyToValueMappingEstimator MapKeyToValue(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns)
        => new(CatalogUtils.GetEnvironment(catalog), Pairs(catalog, columns));

    public static KeyToVectorMappingEstimator MapKeyToVector(
        this TransformsCatalog.ConversionTransforms catalog,
        string outputColumnName, string inputColumnName = null, bool outputCountVector = false)
        => catalog.MapKeyToVector([new(outputColumnName, inputColumnName)], outputCountVector);

    public static KeyToVectorMappingEstimator MapKeyToVector(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns, bool outputCountVector = false)
        => new(CatalogUtils.GetEnvironment(catalog), Pairs(catalog, columns)
            .Select(pair => new KeyToVectorMappingEstimator.ColumnOptions(pair.Output, pair.Input, outputCountVector)).ToArray());

    public static ValueToKeyMappingEstimator MapValueToKey(
        this TransformsCatalog.ConversionTransforms catalog, string outputColumnName, string inputColumnName = null,
        int maximumNumberOfKeys = 1000000,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null)
        => new(CatalogUtils.GetEnvironment(catalog),
            [new(outputColumnName, inputColumnName ?? outputColumnName, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText)],
            keyData);

    public static ValueToKeyMappingEstimator MapValueToKey(
        this TransformsCatalog.ConversionTransforms catalog, InputOutputColumnPair[] columns, int maximumNumberOfKeys = 1000000,
        ValueToKeyMappingEstimator.KeyOrdinality keyOrdinality = ValueToKeyMappingEstimator.KeyOrdinality.ByOccurrence,
        bool addKeyValueAnnotationsAsText = false, IDataView keyData = null)
        => new(CatalogUtils.GetEnvironment(catalog), Pairs(catalog, columns).Select(pair => new ValueToKeyMappingEstimator.ColumnOptions(
            pair.Output, pair.Input, maximumNumberOfKeys, keyOrdinality, addKeyValueAnnotationsAsText)).ToArray(), keyData);

    static (string Output, string Input)[] Pairs(IInternalCatalog catalog, InputOutputColumnPair[] columns)
    {
        catalog.GetEnvironment().CheckValue(columns, nameof(columns));
        return InputOutputColumnPair.ConvertToValueTuples(columns);
    }
}
