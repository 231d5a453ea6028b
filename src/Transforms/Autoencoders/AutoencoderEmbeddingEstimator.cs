using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>
/// Learns an embedding of a feature vector without labels: a fully connected autoencoder is trained to rebuild its input through a
/// narrow layer, and that layer's values are the embedding.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Does this estimator need to look at the data to train its parameters? | Yes |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input column | Vector of Single of known size, without missing values |
/// | Output column | Vector of Single, with SlotNames |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// For a row x, scaled slot by slot, the encoder gives the code z = f(x) and the decoder the reconstruction y = g(z). Training
/// minimises the mean of loss(x, y) over rows and slots (Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural
/// Networks", Science 2006). The loss is the binary cross-entropy where all values lie from 0 to 1, as pixels do, else the squared error.
/// The steps are those of AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019): its decay keeps the code close
/// to linear in the row, which linear models behind the embedding gain from. Where no `Epochs` are given, training takes at least 10,000
/// steps, but at most 100 epochs, and at least 10 epochs.
///
/// A trainer behind the embedding reads it many times; put `AppendCacheCheckpoint` between them.
/// ]]></format>
/// </remarks>
public sealed class AutoencoderEmbeddingEstimator : IEstimator<AutoencoderEmbeddingTransformer>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the estimator.</summary>
    public sealed class Options : AutoencoderOptions
    {
        /// <summary>The defaults.</summary>
        public Options() : base(leastSteps: 10_000, leastEpochs: 10)
        {
            Activation = Activation.Silu;
            Loss = null;
            BatchSize = 32;
            // Without decay, as many steps rebuild rows better still, but through a code that linear models behind it can use less.
            Optimizer = new AdamW { WeightDecay = 0.08 };
            Schedule = new CosineSchedule();
        }

        /// <summary>Name of the new column. Default "Embedding".</summary>
        public string OutputColumnName { get; set; } = "Embedding";

        /// <summary>Name of the feature column. Default <see langword="null"/>: the same as <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>Values in the embedding, at least 1. Default 16.</summary>
        public int EmbeddingSize { get; set; } = 16;

        /// <summary>Name of a column for the reconstruction of the input, in its units. Default <see langword="null"/>: none.</summary>
        public string? ReconstructionColumnName { get; set; }

        /// <summary>Name of a column for the mean reconstruction loss of the row, in scaled units. Default <see langword="null"/>: none.</summary>
        public string? ErrorColumnName { get; set; }
    }

    internal AutoencoderEmbeddingEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.OutputColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.EmbeddingSize, 1);
        _env = env;
        _options = options;
    }

    string InputColumnName => _options.InputColumnName ?? _options.OutputColumnName;

    /// <summary>Trains the network.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or not a vector of Single of known size.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column, row and slot are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public AutoencoderEmbeddingTransformer Fit(IDataView input) =>
        _options.Train(_env, nameof(AutoencoderEmbeddingEstimator), input, InputColumnName,
            job => job.TrainOne(_options.EmbeddingSize, [Math.Max(64, 4 * _options.EmbeddingSize)], model => new AutoencoderEmbeddingTransformer(model, new(
                InputColumnName, _options.OutputColumnName, _options.ReconstructionColumnName, _options.ErrorColumnName,
                AutoencoderDescription.Of(model, job.SlotNames)))));

    /// <summary>The columns behind this estimator, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing or not a vector of Single.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var features = inputSchema.RequireFeatures(InputColumnName);
        var columns = new List<SchemaShape.Column> { Shapes.Vector(_options.OutputColumnName, Shapes.SlotNames) };
        if (_options.ReconstructionColumnName is { } reconstruction)
            columns.Add(Shapes.VectorLike(features, reconstruction));
        if (_options.ErrorColumnName is { } error)
            columns.Add(Shapes.Column(error, Microsoft.ML.Data.NumberDataViewType.Single));
        return inputSchema.With(columns);
    }
}
