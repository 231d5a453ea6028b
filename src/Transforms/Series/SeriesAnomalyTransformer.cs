using System.Buffers;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(SeriesAnomalyTransformer), null, typeof(SignatureLoadModel),
    "Series anomaly detector", SeriesAnomalyTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>
/// Scores the steps of a series by how badly a trained autoencoder rebuilds them from the steps before. Made by
/// <see cref="SeriesAnomalyTrainer"/>.
/// </summary>
/// <remarks>Immutable; one instance serves many threads. It holds native memory until it is disposed.</remarks>
public sealed class SeriesAnomalyTransformer : ITransformer, IFeatureScorer, IOnnxSource, IDisposable
{
    internal const string LoaderSignature = "SeriesAnomaly";
    static readonly ModelFormat s_format = new("AE SERIE", LoaderSignature);

    readonly Description _description;
    readonly FloatColumn[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(SeriesColumns Columns, int WindowSize, int Width, string WindowColumnName, string ScoreColumnName,
        string PredictedLabelColumnName, string? ExpectedColumnName, float Threshold, AutoencoderDescription Autoencoder);

    internal SeriesAnomalyTransformer(AutoencoderModel model, Description description)
    {
        var calendar = description.Columns.TimeColumnName != null;
        if (description.WindowSize < 1 || description.Width < 1
            || SeriesWindow.Size(description.WindowSize, description.Width, calendar) != model.Architecture.InputSize)
            throw new InvalidDataException($"Windows of {description.WindowSize} steps of {description.Width} values do not make the network's "
                + $"{model.Architecture.InputSize} inputs.");
        if (!float.IsFinite(description.Threshold))
            throw new InvalidDataException($"The threshold is {description.Threshold}; expected a finite number.");
        Model = model;
        _description = description;
        _outputs =
        [
            FloatColumn.Boolean(description.PredictedLabelColumnName, AnnotationKinds.ForDetector("PredictedLabel")),
            FloatColumn.Single(description.ScoreColumnName, AnnotationKinds.ForDetector("Score")),
            .. description.ExpectedColumnName is { } expected
                ? [FloatColumn.Vector(expected, description.Width, description.Autoencoder.SlotNames?[Newest..(Newest + description.Width)])]
                : Array.Empty<FloatColumn>(),
        ];
    }

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public AutoencoderModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>The error above which a step is an anomaly; <c>Score</c> is the error minus this.</summary>
    public float Threshold => _description.Threshold;

    /// <summary>The slot of a window where its newest step begins.</summary>
    int Newest => (_description.WindowSize - 1) * _description.Width;

    RowInput IFeatureScorer.Input => new FeatureInput(_description.WindowColumnName, Model.Architecture.InputSize);
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        float[]? labels = outputs[0], scores = outputs[1], expected = outputs.Length > 2 ? outputs[2] : null;
        var (size, width) = (Model.Architecture.InputSize, _description.Width);
        float[]? errors = labels == null && scores == null ? null : ArrayPool<float>.Shared.Rent(count * size);
        float[]? rebuilt = expected == null ? null : ArrayPool<float>.Shared.Rent(count * size);
        try
        {
            Model.Score(rows, count, default, rebuilt.AsSpan(0, rebuilt == null ? 0 : count * size),
                errors.AsSpan(0, errors == null ? 0 : count * size), default);
            for (var row = 0; row < count; row++)
            {
                var newest = row * size + Newest;
                rebuilt.AsSpan(rebuilt == null ? 0 : newest, rebuilt == null ? 0 : width).CopyTo(expected.AsSpan(row * (expected == null ? 0 : width)));
                if (errors == null)
                    continue;
                var error = 0f;
                foreach (var share in errors.AsSpan(newest, width))
                    error += share;
                // Shares are of the mean over all slots of the window.
                var score = error * size / width - Threshold;
                scores?[row] = score;
                labels?[row] = score; // the decision is the score's sign
            }
        }
        finally
        {
            if (errors != null)
                ArrayPool<float>.Shared.Return(errors);
            if (rebuilt != null)
                ArrayPool<float>.Shared.Return(rebuilt);
        }
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        if (part != OnnxPart.Transform)
            throw this.NoSuchPart(part);
        graph.Description = "Anomaly detection in a series by an autoencoder of windows. The score is above 0 for anomalous steps.";
        var (size, width) = (Model.Architecture.InputSize, _description.Width);
        var (_, rebuilt, errors) = Model.Export(graph.InputColumn(_description.WindowColumnName, size, _description.Autoencoder.SlotNames));
        var score = errors.narrow(1, Newest, width).sum(1) * ((double)size / width) - Threshold;
        foreach (var column in _outputs)
            graph.OutputColumn(column, column.Name == _description.ExpectedColumnName ? rebuilt.narrow(1, Newest, width) : score);
    }

    bool ITransformer.IsRowToRowMapper => false;

    /// <summary>The columns that <see cref="Transform"/> gives for an input of this schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type or size than in training.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new BatchRowMapper(this, WindowedView.SchemaWith(inputSchema, _description.Columns, _description.WindowSize, _description.WindowColumnName))
            .OutputSchema;
    }

    /// <summary>Scores every row of a data view whose rows come in the order of time. Nothing is computed until rows are read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type or size than in training.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var windows = new WindowedView(input, _description.Columns, _description.WindowSize, _description.WindowColumnName);
        return new BatchDataView(new BatchRowMapper(this, windows.Schema), windows);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        throw new InvalidOperationException("A series detector is no row-to-row mapping: it needs the rows before a row. OpenStream takes steps one by one.");

    /// <summary>The same detector with another threshold. Both share the network: disposing one disposes the other.</summary>
    /// <param name="threshold">The error above which a step is an anomaly; finite.</param>
    public SeriesAnomalyTransformer WithThreshold(float threshold)
    {
        if (!float.IsFinite(threshold))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "Expected a finite number.");
        return new(Model, _description with { Threshold = threshold });
    }

    /// <summary>
    /// The same detector with the threshold at which its decisions agree best with labelled steps: that of the highest F-measure, see
    /// <see cref="DetectionThreshold.MaximizingF"/>. Both share the network: disposing one disposes the other.
    /// </summary>
    /// <param name="labelled">A series in the order of time whose anomalous steps are known, of both kinds at least one.</param>
    /// <param name="labelColumnName">Name of its label column: Boolean, or Single that is above 0 for anomalies.</param>
    /// <param name="beta">How much more recall counts than precision, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type, or <paramref name="beta"/> is not above 0.</exception>
    /// <exception cref="ArgumentException">All steps are anomalous, or none.</exception>
    /// <exception cref="InvalidDataException">A label is missing.</exception>
    public SeriesAnomalyTransformer WithThresholdFrom(IDataView labelled, string labelColumnName = "Label", double beta = 1) =>
        WithThreshold(AnomalyLabels.BestThreshold(labelled, labelColumnName, beta, WithThreshold(0), _description.ScoreColumnName));

    /// <summary>Scores steps as they arrive, with the same results as <see cref="Transform"/> over all of them.</summary>
    /// <returns>A stream that remembers the last steps of one series; for one thread at a time. Many may share the detector.</returns>
    public SeriesStream OpenStream() =>
        new(this, new SeriesWindow(_description.WindowSize, _description.Width, _description.Columns.TimeColumnName != null), _description.Width);

    void ICanSaveModel.Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static SeriesAnomalyTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, SeriesAnomalyTransformer>(context,
            (description, weights) => description.Autoencoder.Load(env, weights).HandOver(model => new SeriesAnomalyTransformer(model, description)));

    /// <summary>Frees the network's memory. Scoring afterwards throws <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => Model.Dispose();
}
