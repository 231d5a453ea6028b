using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns how rows are distributed, so that rows like them can be drawn: what all trainers of <c>ml.Generation.Trainers</c> are.</summary>
public abstract class GeneratorTrainer : IEstimator<GeneratorTransformer>
{
    readonly IHostEnvironment _env;
    readonly GeneratorOptions _options;

    private protected GeneratorTrainer(IHostEnvironment env, GeneratorOptions options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _env = env;
        _options = options;
    }

    /// <summary>Whether the models that come out tell a density.</summary>
    private protected abstract bool TellsDensity { get; }

    /// <summary>Trains the network.</summary>
    private protected abstract GenerativeModel Train(GeneratorJob job);

    /// <summary>Trains the network.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that cannot be learned.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column and row are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public GeneratorTransformer Fit(IDataView input) => _options.Train(_env, GetType().Name, input, job => Train(job).HandOver(
        model => new GeneratorTransformer(model, new([.. job.Inputs.Codecs], job.Label, _options.LogLikelihoodColumnName,
            _options.BitsPerDimensionColumnName, model.Architecture, model.Scaler.Mode, model.History))));

    /// <summary>The columns behind this trainer, told before any data is seen: those of the input, and the density where the model tells one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _options.RequireColumns(inputSchema);
        string?[] added = TellsDensity ? [_options.LogLikelihoodColumnName, _options.BitsPerDimensionColumnName] : [];
        return inputSchema.With(added.OfType<string>().Select(name => Shapes.Column(name, NumberDataViewType.Single)));
    }
}
