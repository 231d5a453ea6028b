using System;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using LogisticModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace Microsoft.ML.Trainers;

/// <summary>Logistic regression of two classes.</summary>
public sealed class LbfgsLogisticRegressionBinaryTrainer : LbfgsTrainerBase<LbfgsLogisticRegressionBinaryTrainer.Options,
    BinaryPredictionTransformer<LogisticModel>, LogisticModel>
{
    public sealed class Options : OptionsBase
    {
    }

    internal LbfgsLogisticRegressionBinaryTrainer(IHostEnvironment env, Options options)
        : base(env, options, TrainerColumns.BooleanLabel(options.LabelColumnName))
    {
    }

    private protected override PredictionKind PredictionKind => PredictionKind.BinaryClassification;

    private protected override int ClassCount(RoleMappedData data) => 1;

    private protected override float AccumulateRow(in TrainingRow row, float[] weights, float[] gradient, float[] scratch)
    {
        // The loss of two classes with the scores +-half.
        var half = (weights[0] + LinearTerms.Dot(weights.AsSpan(1), row.Features)) / 2;
        var logZ = LinearTerms.LogSumExp([half, -half]);
        var loss = logZ - (row.Label > 0 ? half : -half);
        Contracts.Check(!float.IsNaN(loss), "Unexpected NaN");

        var residual = row.Weight * ((float)Math.Exp(half - logZ) - (row.Label > 0 ? 1 : 0));
        LinearTerms.AddScaled(gradient.AsSpan(1), row.Features, residual);
        gradient[0] += residual;
        return row.Weight * loss;
    }

    private protected override float[] InitialWeights(LogisticModel initial, int classes, int features)
    {
        Host.Check(initial.SubModel.Weights.Count == features,
            "The initialization predictor has different number of features than the training data.");
        return [initial.SubModel.Bias, .. initial.SubModel.Weights];
    }

    private protected override LogisticModel MakeModel(float[] weights, int classes, int features)
        => new CalibratedLinearModelParameters(
            Host, new LinearBinaryModelParameters(Host, weights[1..], weights[0]), new PlattCalibrator(Host, slope: -1, offset: 0));

    private protected override BinaryPredictionTransformer<LogisticModel> MakeTransformer(LogisticModel model, DataViewSchema trainSchema)
        => new(Host, model, trainSchema, FeatureColumn.Name);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
        =>
        [
            TrainerColumns.Output(DefaultColumnNames.Score, NumberDataViewType.Single),
            TrainerColumns.Output(DefaultColumnNames.Probability, NumberDataViewType.Single, isNormalized: true),
            TrainerColumns.Output(DefaultColumnNames.PredictedLabel, BooleanDataViewType.Instance),
        ];
}
