using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Extensions.ML;

/// <summary>
/// Detects anomalies without labels: an autoencoder learns to rebuild the usual rows through a narrow layer, and rows that it
/// rebuilds badly are anomalies.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Anomaly detection |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input column | Vector of Single of known size, without missing values |
/// | Output columns | `Score` (Single), `PredictedLabel` (Boolean); on request the contribution of each slot (Vector of Single) |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The error of a row is the mean over its slots of loss(x, y), where x is the scaled row and y its reconstruction (Hawkins et al.,
/// "Outlier Detection Using Replicator Neural Networks", DaWaK 2002). The threshold is a quantile of the errors of the training
/// rows: 1 - `Contamination`, or `ThresholdQuantile`. `Score` is the error minus the threshold, so that a higher score is more
/// anomalous and 0 divides anomalies (`PredictedLabel` true) from the rest, as ML.NET's binary evaluators expect. The
/// contributions of the slots sum to the error, which is `Score` plus the threshold.
///
/// Where no `Epochs` are given, training takes at least 600 steps and at least 3 epochs: a network that is trained on
/// contaminated data for long learns to rebuild the anomalies too.
/// ]]></format>
/// </remarks>
public sealed class AutoencoderAnomalyTrainer : ITrainerEstimator<AutoencoderAnomalyTransformer, AutoencoderModel>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : AutoencoderOptions
    {
        /// <summary>The defaults.</summary>
        public Options() : base(leastSteps: 600, leastEpochs: 3)
        {
            Activation = Activation.Tanh;
            Loss = ReconstructionLoss.Huber;
        }

        /// <summary>Name of the feature column. Default "Features".</summary>
        public string FeatureColumnName { get; set; } = "Features";

        /// <summary>Values in the narrow layer, at least 1. Default <see langword="null"/>: the square root of the number of slots, rounded.</summary>
        public int? CodeSize { get; set; }

        /// <summary>Share of anomalies expected among the training rows, 0 to 0.5. Default 0.05. Not used where
        /// <see cref="ThresholdQuantile"/> is given.</summary>
        public double Contamination { get; set; } = 0.05;

        /// <summary>Quantile of the training rows' errors that is the threshold, 0 to 1. Default <see langword="null"/>: 1 - <see cref="Contamination"/>.</summary>
        public double? ThresholdQuantile { get; set; }

        /// <summary>Name of the score column. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>Name of the decision column. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

        /// <summary>Name of a column for the contribution of each slot to the error, under the slots' names. Default <see langword="null"/>: none.</summary>
        public string? ContributionsColumnName { get; set; }
    }

    internal AutoencoderAnomalyTrainer(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.FeatureColumnName);
        ArgumentException.ThrowIfNullOrEmpty(options.ScoreColumnName);
        ArgumentException.ThrowIfNullOrEmpty(options.PredictedLabelColumnName);
        if (options.CodeSize is { } code)
            ArgumentOutOfRangeException.ThrowIfLessThan(code, 1, nameof(options.CodeSize));
        ThrowIfOutside(options.Contamination, 0.5, nameof(options.Contamination));
        ThrowIfOutside(options.ThresholdQuantile ?? 0, 1, nameof(options.ThresholdQuantile));
        _env = env;
        _options = options;
    }

    internal static void ThrowIfOutside(double value, double most, string name)
    {
        if (!(value >= 0 && value <= most))
            throw new ArgumentOutOfRangeException(name, value, $"Expected 0 to {most}.");
    }

    /// <summary>What ML.NET asks of a trainer: no normalization needed, no caching wanted.</summary>
    public TrainerInfo Info { get; } = HostAccess.CreateTrainerInfo(normalization: false, caching: false);

    /// <summary>Trains the network and sets the threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or not a vector of Single of known size.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column, row and slot are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public AutoencoderAnomalyTransformer Fit(IDataView input) =>
        _options.Train(_env, nameof(AutoencoderAnomalyTrainer), input, _options.FeatureColumnName,
            width =>
            {
                var code = _options.CodeSize ?? Math.Max(1, (int)Math.Round(Math.Sqrt(width)));
                return (code, [Math.Max(16, (width + code) / 2)]);
            },
            (model, data, slotNames, cancellation) => new AutoencoderAnomalyTransformer(model, new(
                _options.FeatureColumnName, _options.ScoreColumnName, _options.PredictedLabelColumnName, _options.ContributionsColumnName,
                Quantile(model.Errors(data, cancellation), _options.ThresholdQuantile ?? 1 - _options.Contamination), AutoencoderDescription.Of(model, slotNames))));

    // The value between the two nearest ranks, linearly (Hyndman and Fan 1996, definition 7), as numpy and R have it by default.
    static float Quantile(float[] values, double quantile)
    {
        Array.Sort(values);
        var place = quantile * (values.Length - 1);
        var below = (int)place;
        return below + 1 >= values.Length
            ? values[^1]
            : (float)(values[below] + (place - below) * ((double)values[below + 1] - values[below]));
    }

    /// <summary>The columns behind this trainer, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or not a vector of Single.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var features = inputSchema.RequireFeatures(_options.FeatureColumnName);
        var columns = new List<SchemaShape.Column>
        {
            Shapes.Column(_options.PredictedLabelColumnName, BooleanDataViewType.Instance, AnnotationKinds.ForDetector("PredictedLabel")),
            Shapes.Column(_options.ScoreColumnName, NumberDataViewType.Single, AnnotationKinds.ForDetector("Score")),
        };
        if (_options.ContributionsColumnName is { } contributions)
            columns.Add(Shapes.VectorLike(features, contributions));
        return inputSchema.With(columns);
    }
}
