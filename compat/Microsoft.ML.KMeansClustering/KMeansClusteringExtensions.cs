using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML;

public static class KMeansClusteringExtensions
{
    public static KMeansTrainer KMeans(
        this ClusteringCatalog.ClusteringTrainers catalog, string featureColumnName = DefaultColumnNames.Features,
        string exampleWeightColumnName = null, int numberOfClusters = 5)
        => KMeans(catalog, new KMeansTrainer.Options
        {
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            NumberOfClusters = numberOfClusters,
        });

    public static KMeansTrainer KMeans(this ClusteringCatalog.ClusteringTrainers catalog, KMeansTrainer.Options options)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        Contracts.CheckValue(options, nameof(options));
        return new KMeansTrainer(catalog.GetEnvironment(), options);
    }
}
