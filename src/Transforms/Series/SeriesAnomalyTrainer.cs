using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>
/// Detects anomalous steps of a series without labels: an autoencoder learns to rebuild the last steps together, and a step that it rebuilds
/// badly out of what came before is an anomaly.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Anomaly detection |
/// | Is normalization required? | No, values are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Single, or Vector of Single of known size, in the order of time; on request a DateTime beside it |
/// | Output columns | the window; `PredictedLabel` (Boolean), `Score` (Single); on request the expected values |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// Every row is seen with the `WindowSize` - 1 rows before it and, with a time column, with its place in the day and in the week (see
/// <see cref="SlidingWindowEstimator"/>). The narrow layer has room for what usually goes together, so a value that does not follow from its
/// neighbours and its time is pulled towards the usual one. The error of a step is the mean over its values of loss(x, y), both scaled, in
/// the window that it ends: no later step is needed, and one anomaly does not blur over its neighbours (Malhotra et al., "LSTM-based
/// Encoder-Decoder for Multi-sensor Anomaly Detection", ICML workshop 2016, judge steps by reconstruction in the same way).
/// `Score` is the error minus the threshold, a quantile of the errors of the training rows: 0 divides anomalies from the rest. Where the
/// anomalies of some series are known, <see cref="SeriesAnomalyTransformer.WithThresholdFrom"/> sets the threshold by them.
///
/// All other columns, the times among them, stay beside the score. For steps that arrive one by one see
/// <see cref="SeriesAnomalyTransformer.OpenStream"/>.
/// ]]></format>
/// </remarks>
public sealed class SeriesAnomalyTrainer : IEstimator<SeriesAnomalyTransformer>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : DetectorOptions
    {
        /// <summary>The defaults.</summary>
        public Options() : base(contamination: 0.01, leastSteps: 3000, leastEpochs: 10)
        {
            Activation = Activation.Tanh;
            Optimizer = new Adam { LearningRate = 2e-3 };
            Schedule = new CosineSchedule();
        }

        /// <summary>Name of the column of the series: Single, or a vector of Single for several values a step. Default "Value".</summary>
        public string ValueColumnName { get; set; } = "Value";

        /// <summary>Name of the DateTime column of the series. Default <see langword="null"/>: times are not known.</summary>
        public string? TimeColumnName { get; set; }

        /// <summary>Steps in a window, the newest among them; at least 2. Default 12.</summary>
        public int WindowSize { get; set; } = 12;

        /// <summary>Values in the narrow layer, at least 1. Default <see langword="null"/>: a third of the slots of the window, rounded.</summary>
        public int? CodeSize { get; set; }

        /// <summary>Name of the column of windows, which the network sees. Default "Window".</summary>
        public string WindowColumnName { get; set; } = "Window";

        /// <summary>Name of a column for the values that the network expected of the step, a vector of Single in the units of the series.
        /// Default <see langword="null"/>: none.</summary>
        public string? ExpectedColumnName { get; set; }

        internal void Check()
        {
            ArgumentException.ThrowIfNullOrEmpty(ValueColumnName);
            ArgumentException.ThrowIfNullOrEmpty(WindowColumnName);
            ArgumentOutOfRangeException.ThrowIfLessThan(WindowSize, 2);
            ArgumentOutOfRangeException.ThrowIfLessThan(CodeSize ?? 1, 1, nameof(CodeSize));
            CheckDecisions();
        }
    }

    internal SeriesAnomalyTrainer(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _env = env;
        _options = options;
    }

    SeriesColumns Columns => new(_options.ValueColumnName, _options.TimeColumnName);

    /// <summary>Trains the network on rows in the order of time, and sets the threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidRowException">A value is NaN or infinite; column, row and slot are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public SeriesAnomalyTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var windows = new WindowedView(input, Columns, _options.WindowSize, _options.WindowColumnName);
        return _options.Train(_env, nameof(SeriesAnomalyTrainer), windows, _options.WindowColumnName,
            job =>
            {
                var code = _options.CodeSize ?? Math.Max(1, (int)Math.Round(job.Width / 3.0));
                return job.TrainOne(code, [Math.Max(32, 2 * code)], model => Finish(model, job));
            });

        SeriesAnomalyTransformer Finish(AutoencoderModel model, AutoencoderJob job)
        {
            var description = new SeriesAnomalyTransformer.Description(Columns, _options.WindowSize, Columns.Width(input.Schema),
                _options.WindowColumnName, _options.ScoreColumnName, _options.PredictedLabelColumnName, _options.ExpectedColumnName, 0,
                AutoencoderDescription.Of(model, job.SlotNames));
            var errors = new SeriesAnomalyTransformer(model, description).Transform(input).GetColumn<float>(_options.ScoreColumnName).ToArray();
            job.Cancellation.ThrowIfCancellationRequested();
            return new SeriesAnomalyTransformer(model, description with { Threshold = _options.Threshold(errors) });
        }
    }

    /// <summary>The columns behind this trainer, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Columns.Check(inputSchema);
        var columns = new List<SchemaShape.Column>
        {
            Shapes.Vector(_options.WindowColumnName, Shapes.SlotNames),
            Shapes.Column(_options.PredictedLabelColumnName, BooleanDataViewType.Instance, AnnotationKinds.ForDetector("PredictedLabel")),
            Shapes.Column(_options.ScoreColumnName, NumberDataViewType.Single, AnnotationKinds.ForDetector("Score")),
        };
        if (_options.ExpectedColumnName is { } expected)
            columns.Add(Shapes.Vector(expected, Shapes.SlotNames));
        return inputSchema.With(columns);
    }
}
