using System.Numerics.Tensors;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(VariationalAnomalyTransformer), null, typeof(SignatureLoadModel),
    "Variational anomaly detector", VariationalAnomalyTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Scores rows by how improbable a variational autoencoder thinks them. Made by <see cref="VariationalAnomalyTrainer"/>.</summary>
public sealed class VariationalAnomalyTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource
{
    internal const string LoaderSignature = "VariationalAnomaly";
    static readonly ModelFormat s_format = new("VAEANOML", LoaderSignature);

    readonly Description _description;
    readonly RowInput _input;
    readonly FloatColumn[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(VariationalDescription Network, string ScoreColumnName, string PredictedLabelColumnName,
        string? ContributionsColumnName, float Threshold);

    internal VariationalAnomalyTransformer(VariationalModel model, Description description)
    {
        if (!float.IsFinite(description.Threshold))
            throw new InvalidDataException($"The threshold is {description.Threshold}; expected a finite number.");
        Model = model;
        _description = description;
        _input = description.Network.Input();
        _outputs =
        [
            // The order of ML.NET's own detector.
            FloatColumn.Boolean(description.PredictedLabelColumnName, AnnotationKinds.ForDetector("PredictedLabel")),
            FloatColumn.Single(description.ScoreColumnName, AnnotationKinds.ForDetector("Score")),
            .. description.ContributionsColumnName is { } contributions
                ? [FloatColumn.Vector(contributions, model.Architecture.InputSize, description.Network.SlotNames())]
                : Array.Empty<FloatColumn>(),
        ];
    }

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public VariationalModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>The negative evidence lower bound above which a row is an anomaly, in nats; <c>Score</c> is the bound minus this.</summary>
    public float Threshold => _description.Threshold;

    /// <summary>The same detector with another threshold. Both share the network: disposing one disposes the other.</summary>
    /// <param name="threshold">The negative evidence lower bound above which a row is an anomaly; finite.</param>
    public VariationalAnomalyTransformer WithThreshold(float threshold)
    {
        if (!float.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Expected a finite number.");
        return new(Model, _description with { Threshold = threshold });
    }

    /// <summary>
    /// The same detector with the threshold at which its decisions agree best with labelled rows: that of the highest F-measure, see
    /// <see cref="DetectionThreshold.MaximizingF"/>. Both share the network: disposing one disposes the other.
    /// </summary>
    /// <param name="labelled">Rows whose anomalies are known, of both kinds at least one; best others than those trained on.</param>
    /// <param name="labelColumnName">Name of their label column: Boolean, or Single that is above 0 for anomalies.</param>
    /// <param name="beta">How much more recall counts than precision, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type, or <paramref name="beta"/> is not above 0.</exception>
    /// <exception cref="ArgumentException">All rows are anomalous, or none.</exception>
    /// <exception cref="InvalidDataException">A label is missing.</exception>
    public VariationalAnomalyTransformer WithThresholdFrom(IDataView labelled, string labelColumnName = "Label", double beta = 1) =>
        WithThreshold(AnomalyLabels.BestThreshold(labelled, labelColumnName, beta, WithThreshold(0), _description.ScoreColumnName));

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => _input;
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        float[]? labels = outputs[0], scores = outputs[1], contributions = outputs.Length > 2 ? outputs[2] : null;
        var first = scores ?? labels;
        Model.Score(rows, count, new() { Bounds = first, SlotErrors = contributions });
        if (first == null)
            return;
        var bounds = first.AsSpan(0, count);
        TensorPrimitives.Add(bounds, Threshold, bounds);
        TensorPrimitives.Negate(bounds, bounds);
        if (labels != null && scores != null)
            bounds.CopyTo(labels); // the decision is the score's sign
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part) => throw new NotSupportedException("The score of a variational autoencoder is a mean over latent "
        + "vectors that are drawn with this library's random numbers, which ONNX does not have. An autoencoder anomaly detector can be exported.");

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static VariationalAnomalyTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, VariationalAnomalyTransformer>(context,
            (description, weights) => description.Network.Load(env, weights).HandOver(model => new VariationalAnomalyTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
