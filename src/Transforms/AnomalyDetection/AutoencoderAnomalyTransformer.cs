using System.Numerics.Tensors;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(AutoencoderAnomalyTransformer), null, typeof(SignatureLoadModel),
    "Autoencoder anomaly detector", AutoencoderAnomalyTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Scores rows by how unusual their codes and errors in trained autoencoders are. Made by <see cref="AutoencoderAnomalyTrainer"/>.</summary>
public sealed class AutoencoderAnomalyTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource, ISingleFeaturePredictionTransformer<AnomalyDetectorModel>
{
    internal const string LoaderSignature = "AutoencoderAnomaly";
    static readonly ModelFormat s_format = new("AE ANOML", LoaderSignature);

    readonly Description _description;
    readonly FloatColumn[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(string FeatureColumnName, string ScoreColumnName, string PredictedLabelColumnName,
        string? ContributionsColumnName, float Threshold, DetectorDescription Detector);

    internal AutoencoderAnomalyTransformer(AnomalyDetectorModel model, Description description)
    {
        if (!float.IsFinite(description.Threshold))
            throw new InvalidDataException($"The threshold is {description.Threshold}; expected a finite number.");
        Model = model;
        _description = description;
        _outputs =
        [
            // The order of ML.NET's own detector.
            FloatColumn.Boolean(description.PredictedLabelColumnName, AnnotationKinds.ForDetector("PredictedLabel")),
            FloatColumn.Single(description.ScoreColumnName, AnnotationKinds.ForDetector("Score")),
            .. description.ContributionsColumnName is { } contributions
                ? [FloatColumn.Vector(contributions, Width, description.Detector.SlotNames)]
                : Array.Empty<FloatColumn>(),
        ];
    }

    /// <summary>The trained networks with their scaling and the history of their training.</summary>
    public AnomalyDetectorModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>The raw score above which a row is an anomaly, in multiples of the median training row's; <c>Score</c> is the raw score minus this.</summary>
    public float Threshold => _description.Threshold;

    /// <summary>Name of the feature column.</summary>
    public string FeatureColumnName => _description.FeatureColumnName;

    /// <summary>Type of the feature column.</summary>
    public DataViewType FeatureColumnType => new VectorDataViewType(NumberDataViewType.Single, Width);

    /// <summary>The same detector with another threshold. Both share the networks: disposing one disposes the other.</summary>
    /// <param name="threshold">The raw score above which a row is an anomaly; finite.</param>
    public AutoencoderAnomalyTransformer WithThreshold(float threshold)
    {
        if (!float.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Expected a finite number.");
        return new(Model, _description with { Threshold = threshold });
    }

    int Width => Model.Scaler.Width;

    /// <summary>
    /// The same detector with the threshold at which its decisions agree best with labelled rows: that of the highest F-measure, see
    /// <see cref="DetectionThreshold.MaximizingF"/>. Both share the networks: disposing one disposes the other.
    /// </summary>
    /// <param name="labelled">Rows whose anomalies are known, of both kinds at least one; best others than those trained on.</param>
    /// <param name="labelColumnName">Name of their label column: Boolean, or Single that is above 0 for anomalies.</param>
    /// <param name="beta">How much more recall counts than precision, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type, or <paramref name="beta"/> is not above 0.</exception>
    /// <exception cref="ArgumentException">All rows are anomalous, or none.</exception>
    /// <exception cref="InvalidDataException">A label is missing.</exception>
    public AutoencoderAnomalyTransformer WithThresholdFrom(IDataView labelled, string labelColumnName = "Label", double beta = 1) =>
        WithThreshold(AnomalyLabels.BestThreshold(labelled, labelColumnName, beta, WithThreshold(0), _description.ScoreColumnName));

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => new FeatureInput(FeatureColumnName, Width);
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        float[]? labels = outputs[0], scores = outputs[1], contributions = outputs.Length > 2 ? outputs[2] : null;
        var first = scores ?? labels;
        Model.Score(rows, count, first, contributions);
        if (first == null)
            return;
        TensorPrimitives.Subtract(first.AsSpan(0, count), Threshold, first);
        if (labels != null && scores != null)
            scores.AsSpan(0, count).CopyTo(labels); // the decision is the score's sign
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        if (part != OnnxPart.Transform)
            throw this.NoSuchPart(part);
        graph.Description = "Anomaly detection by an ensemble of autoencoders. The score is above 0 for anomalies.";
        var score = Model.Export(graph.InputColumn(FeatureColumnName, Width, _description.Detector.SlotNames)) - Threshold;
        graph.OutputColumn(_outputs[0], score);
        graph.OutputColumn(_outputs[1], score);
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static AutoencoderAnomalyTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, AutoencoderAnomalyTransformer>(context,
            (description, weights) => description.Detector.Load(env, weights).HandOver(model => new AutoencoderAnomalyTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
