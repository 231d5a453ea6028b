using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML;

public static partial class PcaCatalog
{
    public static RandomizedPcaTrainer RandomizedPca(
        this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, string featureColumnName = DefaultColumnNames.Features,
        string exampleWeightColumnName = null, int rank = 20, int oversampling = 20, bool ensureZeroMean = true, int? seed = null)
        => RandomizedPca(catalog, new RandomizedPcaTrainer.Options
        {
            FeatureColumnName = featureColumnName,
            ExampleWeightColumnName = exampleWeightColumnName,
            Rank = rank,
            Oversampling = oversampling,
            EnsureZeroMean = ensureZeroMean,
            Seed = seed,
        });

    public static RandomizedPcaTrainer RandomizedPca(
        this AnomalyDetectionCatalog.AnomalyDetectionTrainers catalog, RandomizedPcaTrainer.Options options)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        return new RandomizedPcaTrainer(catalog.GetEnvironment(), options);
    }
}
