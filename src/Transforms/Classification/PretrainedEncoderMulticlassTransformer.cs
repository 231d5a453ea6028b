using System.Buffers;
using System.Numerics.Tensors;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(PretrainedEncoderMulticlassTransformer), null, typeof(SignatureLoadModel),
    "Classifier over a pretrained encoder", PretrainedEncoderMulticlassTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Tells the class of a row, and the probability of each. Made by <see cref="PretrainedEncoderMulticlassTrainer"/>.</summary>
public sealed class PretrainedEncoderMulticlassTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource, ISingleFeaturePredictionTransformer<ClassifierModel>
{
    internal const string LoaderSignature = "EncoderMulticlass";
    static readonly ModelFormat s_format = new("ENC MULT", LoaderSignature);

    readonly ClassifierDescription _description;
    readonly FloatColumn[] _outputs;

    internal PretrainedEncoderMulticlassTransformer(ClassifierModel model, ClassifierDescription description)
    {
        Model = model;
        _description = description;
        var names = description.Labels;
        _outputs =
        [
            FloatColumn.Key("PredictedLabel", Classes, AnnotationKinds.ForPredictedLabel(AnnotationKinds.MulticlassTask, names)),
            FloatColumn.Vector("Score", Classes, AnnotationKinds.ForScore(AnnotationKinds.MulticlassTask, names)),
        ];
    }

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public ClassifierModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>Name of the feature column.</summary>
    public string FeatureColumnName => _description.FeatureColumnName;

    /// <summary>Type of the feature column.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, InputSize);

    int InputSize => Model.Architecture.Autoencoder.InputSize;
    int Classes => Model.Architecture.Outputs;

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => new FeatureInput(FeatureColumnName, InputSize);
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        float[]? labels = outputs[0], scores = outputs[1];
        var rented = scores == null ? ArrayPool<float>.Shared.Rent(count * Classes) : null;
        try
        {
            var values = (scores ?? rented).AsSpan(0, count * Classes);
            Model.Score(rows, count, values);
            for (var row = 0; labels != null && row < count; row++)
                labels[row] = TensorPrimitives.IndexOfMax(values.Slice(row * Classes, Classes)) + 1; // keys count from 1
        }
        finally
        {
            if (rented != null)
                ArrayPool<float>.Shared.Return(rented);
        }
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        if (part != OnnxPart.Transform)
            throw this.NoSuchPart(part);
        graph.Description = "Classifier over a pretrained encoder. The score is the probability of each class, the label the key of the likeliest.";
        var scores = Model.Export(graph.InputColumn(FeatureColumnName, InputSize));
        graph.OutputColumn(_outputs[0], (scores.argmax(1) + 1).to(OnnxType.Single));
        graph.OutputColumn(_outputs[1], scores);
        if (_description.Labels is { } labels) graph.TellClasses(_outputs[1].Name, labels.Values);
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static PretrainedEncoderMulticlassTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<ClassifierDescription, PretrainedEncoderMulticlassTransformer>(context,
            (description, weights) => description.Load(env, weights, binary: false).HandOver(model => new PretrainedEncoderMulticlassTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
