using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The door from a catalog to its environment.</summary>
interface IInternalCatalog
{
    IHostEnvironment Environment { get; }
}

static class CatalogUtils
{
    public static IHostEnvironment GetEnvironment(this IInternalCatalog catalog)
        => Contracts.CheckRef(catalog, nameof(catalog)).Environment;
}

/// <summary>The column names that are used where none are given.</summary>
static class DefaultColumnNames
{
    public const string Features = "Features", Label = "Label", GroupId = "GroupId", Weight = "Weight", Score = "Score",
        Probability = "Probability", PredictedLabel = "PredictedLabel";
}
