using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Detects rows that a variational autoencoder of all rows thinks improbable.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Anomaly detection |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | A vector of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | `Score` (Single), `PredictedLabel` (Boolean); on request the contribution of each slot (Vector of Single) |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The raw score of a row is its negative evidence lower bound in nats, an upper bound of its improbability (An and Cho, "Variational Autoencoder based
/// Anomaly Detection using Reconstruction Probability", 2015, whose score leaves out the divergence). The threshold is a quantile of the training rows'
/// raw scores: 1 - `Contamination`, or `ThresholdQuantile`. `Score` is the raw score minus the threshold, so that 0 divides anomalies from the rest, as
/// ML.NET's binary evaluators expect. The contribution of a slot is its part of the row's improbability given the latent vector; it can be negative, for a
/// density can exceed 1.
///
/// Where no `Epochs` are given, training takes at least 600 steps and at least one epoch: networks that are trained on contaminated data for long learn the
/// anomalies too.
/// ]]></format>
/// </remarks>
public sealed class VariationalAnomalyTrainer : IEstimator<VariationalAnomalyTransformer>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : VariationalOptions
    {
        /// <summary>The defaults.</summary>
        public Options() : base(leastSteps: 600, leastEpochs: 1, mostEpochs: 600)
        {
            LatentSize = 8;
            Optimizer = new Adam { LearningRate = 3e-3 };
        }

        /// <summary>Share of anomalies expected among the training rows, 0 to 0.5. Default 0.05. Not used where <see cref="ThresholdQuantile"/> is
        /// given.</summary>
        public double Contamination { get; set; } = 0.05;

        /// <summary>Quantile of the training rows' scores that is the threshold, 0 to 1. Default <see langword="null"/>: 1 -
        /// <see cref="Contamination"/>.</summary>
        public double? ThresholdQuantile { get; set; }

        /// <summary>Name of the score column. Default "Score".</summary>
        public string ScoreColumnName { get; set; } = "Score";

        /// <summary>Name of the decision column. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; set; } = "PredictedLabel";

        /// <summary>Name of a column for the contribution of each slot to the score, in nats. Default <see langword="null"/>: none.</summary>
        public string? ContributionsColumnName { get; set; }

        internal override void Check()
        {
            base.Check();
            ArgumentException.ThrowIfNullOrEmpty(ScoreColumnName);
            ArgumentException.ThrowIfNullOrEmpty(PredictedLabelColumnName);
            DetectorOptions.CheckShares(Contamination, ThresholdQuantile);
        }
    }

    internal VariationalAnomalyTrainer(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _env = env;
        _options = options;
    }

    /// <summary>Trains the network and sets the threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that cannot be learned.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column and row are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public VariationalAnomalyTransformer Fit(IDataView input) => _options.Train(_env, nameof(VariationalAnomalyTrainer), input,
        job => _options.Train(job).HandOver(model =>
        {
            var scores = model.Bounds(job.Data, job.Cancellation).Select(bound => -bound);
            return new VariationalAnomalyTransformer(model, new(VariationalDescription.Of(model, job), _options.ScoreColumnName,
                _options.PredictedLabelColumnName, _options.ContributionsColumnName,
                DetectorOptions.Threshold(scores, _options.ThresholdQuantile ?? 1 - _options.Contamination)));
        }));

    /// <summary>The columns behind this trainer, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _options.RequireColumns(inputSchema);
        List<SchemaShape.Column> columns =
        [
            Shapes.Column(_options.PredictedLabelColumnName, BooleanDataViewType.Instance, AnnotationKinds.ForDetector("PredictedLabel")),
            Shapes.Column(_options.ScoreColumnName, NumberDataViewType.Single, AnnotationKinds.ForDetector("Score")),
        ];
        if (_options.ContributionsColumnName is { } contributions)
            columns.Add(Shapes.Vector(contributions, Shapes.SlotNames));
        return inputSchema.With(columns);
    }
}
