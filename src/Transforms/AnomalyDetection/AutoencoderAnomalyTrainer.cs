using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Extensions.ML;

/// <summary>
/// Detects anomalies without labels: small autoencoders learn to rebuild the usual rows through narrow layers, and rows whose codes and errors
/// are unusual are anomalies.
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
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// A plain autoencoder calls a row anomalous that it rebuilds badly (Hawkins et al., "Outlier Detection Using Replicator Neural Networks", DaWaK
/// 2002). It misses rows that it rebuilds well although nothing else has their code, and it is misled by slots that it always rebuilds badly. So here
/// `EnsembleSize` autoencoders of different code sizes are trained on the same rows (Chen et al., "Outlier Detection with Autoencoder Ensembles", SDM
/// 2017), and `Scoring` says what is made of code and error: by default how far the row is from typical rows in the joint space of both, whitened by
/// the scatter of the bulk of the rows; see <see cref="AnomalyScoring"/>. The raw score of a row is a multiple of the median training row's.
///
/// The threshold is a quantile of the training rows' raw scores: 1 - `Contamination`, or `ThresholdQuantile`;
/// <see cref="AutoencoderAnomalyTransformer.WithThresholdFrom"/> chooses it by labelled rows. `Score` is the raw score minus the threshold, so that a higher
/// score is more anomalous and 0 divides anomalies (`PredictedLabel` true) from the rest, as ML.NET's binary evaluators expect. The contributions
/// of the slots are not negative and sum to the raw score, which is `Score` plus the threshold.
///
/// Where no `Epochs` are given, training takes at least 600 steps and at least one epoch: networks that are trained on contaminated data for long learn to
/// rebuild the anomalies too.
/// ]]></format>
/// </remarks>
public sealed class AutoencoderAnomalyTrainer : ITrainerEstimator<AutoencoderAnomalyTransformer, AnomalyDetectorModel>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : DetectorOptions
    {
        /// <summary>The defaults.</summary>
        public Options() : base(contamination: 0.05, leastSteps: 600, leastEpochs: 1, mostEpochs: 600, automaticScaling: FeatureScaling.Standardize)
        {
            Activation = Activation.Tanh;
            Loss = ReconstructionLoss.MeanSquaredError;
            Optimizer = new Adam { LearningRate = 3e-3 };
            Schedule = new CosineSchedule();
        }

        /// <summary>Name of the feature column. Default "Features".</summary>
        public string FeatureColumnName { get; set; } = "Features";

        /// <summary>How rows are judged. Default <see cref="AnomalyScoring.Combined"/>.</summary>
        public AnomalyScoring Scoring { get; set; }

        /// <summary>Number of networks, at least 1. Default 5.</summary>
        public int EnsembleSize { get; set; } = 5;

        /// <summary>Values in the narrow layer of every network, at least 1. Default <see langword="null"/>: from a tenth to half of the slots, evenly
        /// over the networks, at most 64.</summary>
        public int? CodeSize { get; set; }

        /// <summary>Name of a column for the contribution of each slot to the score, under the slots' names. Default <see langword="null"/>: none.</summary>
        public string? ContributionsColumnName { get; set; }

        internal void Check()
        {
            ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
            ArgumentOutOfRangeException.ThrowIfLessThan(EnsembleSize, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(CodeSize ?? 1, 1, nameof(CodeSize));
            if (!Enum.IsDefined(Scoring))
                throw new ArgumentOutOfRangeException(nameof(Scoring), Scoring, "Expected one of the values of AnomalyScoring.");
            CheckDecisions();
        }
    }

    internal AutoencoderAnomalyTrainer(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _env = env;
        _options = options;
    }

    /// <summary>What ML.NET asks of a trainer: no normalization needed, no caching wanted.</summary>
    public TrainerInfo Info { get; } = HostAccess.CreateTrainerInfo(normalization: false, caching: false);

    /// <summary>Trains the networks and sets the threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or not a vector of Single of known size.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column, row and slot are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public AutoencoderAnomalyTransformer Fit(IDataView input) =>
        _options.Train(_env, nameof(AutoencoderAnomalyTrainer), input, _options.FeatureColumnName, job =>
        {
            var members = CodeSizes(job.Width).Select(code => job.Architecture(code, [Math.Clamp((job.Width + code) / 2, 16, 256)]));
            return AnomalyDetectorModel.Train(new() { Members = [.. members], Scoring = _options.Scoring },
                job.Data, job.Options, job.Regularization, job.Cancellation).HandOver(model => new AutoencoderAnomalyTransformer(model, new(
                    _options.FeatureColumnName, _options.ScoreColumnName, _options.PredictedLabelColumnName, _options.ContributionsColumnName,
                    _options.Threshold(model.Scores(job.Data, job.Cancellation)), DetectorDescription.Of(model, job.SlotNames))));
        });

    IEnumerable<int> CodeSizes(int width)
    {
        for (var i = 0; i < _options.EnsembleSize; i++)
        {
            var share = _options.EnsembleSize == 1 ? 0.3 : 0.1 + 0.4 * i / (_options.EnsembleSize - 1);
            yield return _options.CodeSize ?? Math.Clamp((int)Math.Round(share * width), 1, 64);
        }
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
