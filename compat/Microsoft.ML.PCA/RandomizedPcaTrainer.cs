using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>An anomaly detector: how much of a row lies outside the subspace of the leading principal components.</summary>
public sealed class RandomizedPcaTrainer : TrainerEstimatorBase<AnomalyPredictionTransformer<PcaModelParameters>, PcaModelParameters>
{
    public sealed class Options : UnsupervisedTrainerInputBaseWithWeight
    {
        public int Rank = 20;
        public int Oversampling = 20;
        public bool EnsureZeroMean = true;
        public int? Seed;
    }

    readonly int _rank;
    readonly int _oversampling;
    readonly bool _ensureZeroMean;
    readonly int _seed;

    internal RandomizedPcaTrainer(IHostEnvironment env, Options options)
        : base(env.Register("pcaAnomaly"), TrainerColumns.Features(options.FeatureColumnName), default,
            TrainerColumns.Weight(options.ExampleWeightColumnName))
    {
        (_rank, _oversampling, _ensureZeroMean) = (options.Rank, options.Oversampling, options.EnsureZeroMean);
        _seed = options.Seed ?? Host.Rand.Next();
        Host.CheckUserArg(_rank > 0, nameof(_rank), "Rank must be positive");
        Host.CheckUserArg(_oversampling >= 0, nameof(_oversampling), "Oversampling must be non-negative");
    }

    public override TrainerInfo Info { get; } = new(caching: false);

    private protected override PredictionKind PredictionKind => PredictionKind.AnomalyDetection;

    private protected override PcaModelParameters TrainModelCore(RoleMappedData data, RoleMappedData validation, PcaModelParameters initial)
    {
        var dimension = TrainingCursor.FeatureCount(data);
        using var channel = Host.Start("Training");
        if (_rank > dimension)
            throw channel.Except("Rank ({0}) cannot be larger than the original dimension ({1})", _rank, dimension);

        long skipped = 0;
        var svd = RandomizedSvd.Fit(dimension, _rank, _oversampling, _ensureZeroMean, new Random(_seed), consume =>
        {
            using var cursor = new TrainingCursor(data);
            var dense = new float[dimension];
            while (cursor.MoveNext())
            {
                Host.CheckAlive();
                cursor.Features.CopyTo(dense);
                consume(dense, cursor.Weight);
            }
            skipped = cursor.Skipped;
        });
        if (skipped > 0)
            channel.Warning("Skipped {0} instances with missing features/weights during training", skipped);
        return new PcaModelParameters(Host, svd.Components.AsSpan(0, _rank).ToArray(), svd.Mean);
    }

    private protected override AnomalyPredictionTransformer<PcaModelParameters> MakeTransformer(
        PcaModelParameters model, DataViewSchema trainSchema)
        => new(Host, model, trainSchema, FeatureColumn.Name);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
        =>
        [
            TrainerColumns.Output(DefaultColumnNames.Score, NumberDataViewType.Single),
            TrainerColumns.Output(DefaultColumnNames.PredictedLabel, BooleanDataViewType.Instance),
        ];
}
