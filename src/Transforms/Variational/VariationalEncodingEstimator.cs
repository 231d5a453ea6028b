using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns a variational encoding of rows without labels: a smooth, low-dimensional code with a known distribution.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Does this estimator need to look at the data to train its parameters? | Yes |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | A vector of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | The posterior's mean (vector of Single, with SlotNames); on request its log-variance, a sample, the evidence lower bound, the reconstruction |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// The encoding of a row x is the mean of the normal distribution q(z|x) that the encoder of a variational autoencoder gives it; see
/// <see cref="VariationalGeneratorTrainer"/> for what is minimised. With a `LabelColumnName` encoder and decoder are told the class of the row, so that
/// the encoding holds what the class does not tell; the label is then needed wherever the encoding is computed.
/// ]]></format>
/// </remarks>
public sealed class VariationalEncodingEstimator : IEstimator<VariationalEncodingTransformer>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the estimator.</summary>
    public sealed class Options : VariationalOptions
    {
        /// <summary>Name of the new column, the posterior's mean. Default "Latent".</summary>
        public string OutputColumnName { get; set; } = "Latent";

        /// <summary>Name of a column for the logarithm of the posterior's variance. Default <see langword="null"/>: none.</summary>
        public string? LogVarianceColumnName { get; set; }

        /// <summary>Name of a column for a latent vector drawn from the posterior, always the same one for rows of the same values. Default
        /// <see langword="null"/>: none.</summary>
        public string? SampleColumnName { get; set; }

        /// <summary>Name of a column for the evidence lower bound of the row, in nats and scaled units. Default <see langword="null"/>: none.</summary>
        public string? ElboColumnName { get; set; }

        /// <summary>Name of a column for the reconstruction of the row from the posterior's mean: all input columns' slots side by side, a category's
        /// number in that of its column. Default <see langword="null"/>: none.</summary>
        public string? ReconstructionColumnName { get; set; }

        internal override void Check()
        {
            ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
            base.Check();
        }
    }

    internal VariationalEncodingEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _env = env;
        _options = options;
    }

    /// <summary>Trains the network.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that cannot be learned.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column and row are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public VariationalEncodingTransformer Fit(IDataView input) => _options.Train(_env, nameof(VariationalEncodingEstimator), input,
        job => _options.Train(job).HandOver(model => new VariationalEncodingTransformer(model, new(VariationalDescription.Of(model, job),
            _options.OutputColumnName, _options.LogVarianceColumnName, _options.SampleColumnName, _options.ElboColumnName,
            _options.ReconstructionColumnName))));

    /// <summary>The columns behind this estimator, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _options.RequireColumns(inputSchema);
        List<SchemaShape.Column> columns = [Shapes.Vector(_options.OutputColumnName, Shapes.SlotNames)];
        foreach (var name in new[] { _options.LogVarianceColumnName, _options.SampleColumnName }.OfType<string>())
            columns.Add(Shapes.Vector(name, Shapes.SlotNames));
        if (_options.ElboColumnName is { } elbo)
            columns.Add(Shapes.Column(elbo, NumberDataViewType.Single));
        if (_options.ReconstructionColumnName is { } reconstruction)
            columns.Add(Shapes.Vector(reconstruction, Shapes.SlotNames));
        return inputSchema.With(columns);
    }
}
