using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>k-means by Lloyd's algorithm. The rows are held in memory; one thread, so that the same seed gives the same clusters.</summary>
public class KMeansTrainer : TrainerEstimatorBase<ClusteringPredictionTransformer<KMeansModelParameters>, KMeansModelParameters>
{
    public enum InitializationAlgorithm
    {
        KMeansPlusPlus = 0,
        Random = 1,
        KMeansYinyang = 2,
    }

    public sealed class Options : UnsupervisedTrainerInputBaseWithWeight
    {
        public int NumberOfClusters = 5;
        public InitializationAlgorithm InitializationAlgorithm = InitializationAlgorithm.KMeansYinyang;
        public float OptimizationTolerance = 1e-7f;
        public int MaximumNumberOfIterations = 1000;
        public int? NumberOfThreads;
    }

    readonly Options _options;

    internal KMeansTrainer(IHostEnvironment env, Options options)
        : base(env.Register("KMeansPlusPlus"), TrainerColumns.Features(options.FeatureColumnName), default,
            TrainerColumns.Weight(options.ExampleWeightColumnName))
    {
        Host.CheckUserArg(options.NumberOfClusters > 0, nameof(options.NumberOfClusters), "Must be positive");
        Host.CheckUserArg(options.MaximumNumberOfIterations > 0, nameof(options.MaximumNumberOfIterations), "Must be positive");
        Host.CheckUserArg(options.OptimizationTolerance > 0, nameof(options.OptimizationTolerance), "Tolerance must be positive");
        Host.CheckUserArg(options.NumberOfThreads is null or > 0, nameof(options.NumberOfThreads), "Must be either null or a positive integer.");
        _options = options;
    }

    public override TrainerInfo Info { get; } = new();

    private protected override PredictionKind PredictionKind => PredictionKind.Clustering;

    private protected override KMeansModelParameters TrainModelCore(RoleMappedData data, RoleMappedData validation, KMeansModelParameters initial)
    {
        var dimension = TrainingCursor.FeatureCount(data);
        using var channel = Host.Start("Training");
        channel.Info("Initializing centroids");
        var (rows, weights, missing) = Load(data, dimension);
        var k = _options.NumberOfClusters;
        var centroids = _options.InitializationAlgorithm switch
        {
            InitializationAlgorithm.KMeansPlusPlus => KMeansInitialization.PlusPlus(Host, rows, weights, k),
            InitializationAlgorithm.Random => KMeansInitialization.AtRandom(Host, rows, k),
            _ => KMeansInitialization.Parallel(Host, rows, k),
        };
        CheckFinite(centroids);
        channel.Info("Centroids initialized, starting main trainer");
        centroids = new LloydIteration(rows, centroids).Run(Host, _options.OptimizationTolerance, _options.MaximumNumberOfIterations);
        CheckFinite(centroids);
        channel.Info("Model trained successfully on {0} instances", rows.Count);
        if (missing > 0)
            channel.Warning("{0} instances with missing features detected and ignored. Consider using MissingHandler.", missing);
        return new KMeansModelParameters(Host, centroids);
    }

    (List<float[]> Rows, List<float> Weights, long Missing) Load(RoleMappedData data, int dimension)
    {
        var (rows, weights) = (new List<float[]>(), new List<float>());
        using var cursor = new TrainingCursor(data);
        while (cursor.MoveNext())
        {
            Host.CheckAlive();
            var row = new float[dimension];
            cursor.Features.CopyTo(row);
            rows.Add(row);
            weights.Add(cursor.Weight);
        }
        return (rows, weights, cursor.SkippedForFeatures);
    }

    static void CheckFinite(float[][] centroids)
        => Contracts.Check(centroids.All(centroid => centroid.All(float.IsFinite)), "Model training failed: non-finite coordinates are generated");

    private protected override ClusteringPredictionTransformer<KMeansModelParameters> MakeTransformer(
        KMeansModelParameters model, DataViewSchema trainSchema)
        => new(Host, model, trainSchema, FeatureColumn.Name);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
        =>
        [
            new(DefaultColumnNames.Score, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false,
                new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation())),
            TrainerColumns.Output(DefaultColumnNames.PredictedLabel, NumberDataViewType.UInt32, isKey: true),
        ];
}
