using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Trainers;

/// <summary>Multinomial logistic regression: the probabilities of the classes are the softmax of linear scores.</summary>
public sealed class LbfgsMaximumEntropyMulticlassTrainer : LbfgsTrainerBase<LbfgsMaximumEntropyMulticlassTrainer.Options,
    MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    public sealed class Options : OptionsBase
    {
    }

    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment env, Options options)
        : base(env, options, TrainerColumns.KeyLabel(options.LabelColumnName))
    {
    }

    private protected override PredictionKind PredictionKind => PredictionKind.MulticlassClassification;

    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData, MaximumEntropyModelParameters modelParameters)
        => TrainTransformer(trainData, initial: modelParameters);

    // The label is a key of UInt32 here, and a key without values counts as one class of which there are no rows.
    private protected override int ClassCount(RoleMappedData data) => data.Schema.Label.Value.Type.GetKeyCountAsInt32(Host);

    private protected override float AccumulateRow(in TrainingRow row, float[] weights, float[] gradient, float[] scratch)
    {
        var (classes, features) = (scratch.Length, row.Features.Length);
        for (var c = 0; c < classes; c++)
            scratch[c] = weights[c] + LinearTerms.Dot(weights.AsSpan(classes + c * features, features), row.Features);
        var logZ = LinearTerms.LogSumExp(scratch);
        var loss = logZ - scratch[(int)row.Label];
        Contracts.Check(float.IsFinite(loss), "Data contain bad values.");

        for (var c = 0; c < classes; c++)
        {
            var residual = row.Weight * ((float)Math.Exp(scratch[c] - logZ) - (c == (int)row.Label ? 1 : 0));
            LinearTerms.AddScaled(gradient.AsSpan(classes + c * features, features), row.Features, residual);
            gradient[c] += residual;
        }
        return row.Weight * loss;
    }

    private protected override float[] InitialWeights(MaximumEntropyModelParameters initial, int classes, int features)
    {
        Host.Check(initial.InputSize == features, "The input training data must have the same features used to train the input predictor.");
        Host.Check(initial.ScoreSize == classes, "The initialization predictor has different number of classes than the training data.");
        VBuffer<float>[] weights = null;
        initial.GetWeights(ref weights, out _);
        return [.. initial.GetBiases(), .. weights.SelectMany(row => row.DenseValues())];
    }

    private protected override MaximumEntropyModelParameters MakeModel(float[] weights, int classes, int features)
    {
        if (classes == 1)
        {
            using var channel = Host.Start("Creating Predictor");
            channel.Warning("Training resulted in a one class predictor");
        }
        var rows = new float[classes][];
        for (var c = 0; c < classes; c++)
            rows[c] = weights.AsSpan(classes + c * features, features).ToArray();
        return new MaximumEntropyModelParameters(Host, rows, weights[..classes]);
    }

    private protected override MulticlassPredictionTransformer<MaximumEntropyModelParameters> MakeTransformer(
        MaximumEntropyModelParameters model, DataViewSchema trainSchema)
        => new(Host, model, trainSchema, FeatureColumn.Name, LabelColumn.Name);

    private protected override SchemaShape.Column[] GetOutputColumnsCore(SchemaShape inputSchema)
    {
        inputSchema.TryFindColumn(LabelColumn.Name, out var label);
        IEnumerable<SchemaShape.Column> labelAnnotations =
            [.. label.Annotations.Where(column => column.Name == Kinds.KeyValues), .. AnnotationUtils.GetTrainerOutputAnnotation()];
        return
        [
            new(DefaultColumnNames.Score, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false,
                new SchemaShape(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label))),
            new(DefaultColumnNames.PredictedLabel, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true,
                new SchemaShape(labelAnnotations)),
        ];
    }
}
