using System.Numerics.Tensors;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(PretrainedEncoderBinaryTransformer), null, typeof(SignatureLoadModel),
    "Classifier of two classes over a pretrained encoder", PretrainedEncoderBinaryTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Tells whether a row is of the class true, and how probable that is. Made by <see cref="PretrainedEncoderBinaryTrainer"/>.</summary>
public sealed class PretrainedEncoderBinaryTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource, ISingleFeaturePredictionTransformer<ClassifierModel>
{
    internal const string LoaderSignature = "EncoderBinary";
    static readonly ModelFormat s_format = new("ENC BIN ", LoaderSignature);

    readonly ClassifierDescription _description;

    internal PretrainedEncoderBinaryTransformer(ClassifierModel model, ClassifierDescription description) =>
        (Model, _description) = (model, description);

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public ClassifierModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>Name of the feature column.</summary>
    public string FeatureColumnName => _description.FeatureColumnName;

    /// <summary>Type of the feature column.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, InputSize);

    /// <summary>The columns that it adds.</summary>
    internal static IReadOnlyList<FloatColumn> Outputs { get; } =
    [
        FloatColumn.Boolean("PredictedLabel", AnnotationKinds.ForPredictedLabel(AnnotationKinds.BinaryTask)),
        FloatColumn.Single("Score", AnnotationKinds.ForScore(AnnotationKinds.BinaryTask)),
        FloatColumn.Single("Probability", AnnotationKinds.ForProbability()),
    ];

    int InputSize => Model.Architecture.Autoencoder.InputSize;

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => new FeatureInput(FeatureColumnName, InputSize);
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => Outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        var scores = outputs.First(output => output != null).AsSpan(0, count);
        Model.Score(rows, count, scores);
        // The decision is the score's sign. The probability comes last, for it may take the place of the scores.
        if (outputs[1] is { } wanted)
            scores.CopyTo(wanted);
        if (outputs[2] is { } probabilities)
            TensorPrimitives.Sigmoid(scores, probabilities);
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        if (part != OnnxPart.Transform)
            throw this.NoSuchPart(part);
        graph.Description = "Classifier of two classes over a pretrained encoder. The score is the log-odds of true.";
        var score = Model.Export(graph.InputColumn(FeatureColumnName, InputSize));
        graph.OutputColumn(Outputs[0], score);
        graph.OutputColumn(Outputs[1], score);
        graph.OutputColumn(Outputs[2], score.sigmoid());
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static PretrainedEncoderBinaryTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<ClassifierDescription, PretrainedEncoderBinaryTransformer>(context,
            (description, weights) => description.Load(env, weights, binary: true).HandOver(model => new PretrainedEncoderBinaryTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
