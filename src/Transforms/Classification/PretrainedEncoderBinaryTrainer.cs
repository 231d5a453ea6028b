using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Extensions.ML;

/// <summary>
/// Tells two classes apart from few labels: the encoder of an autoencoder that was trained on all rows without labels is reused, frozen or
/// fine-tuned, under a head that learns the labels.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Binary classification |
/// | Is normalization required? | No, the encoder brings its scaling |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Label column | Boolean; not missing in any row |
/// | Feature column | Vector of Single of the size that the encoder was trained on, without missing values |
/// | Output columns | `PredictedLabel` (Boolean), `Score` (Single: the log-odds of true), `Probability` (Single) |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// For a row x with the code z = f(x), the scores are h(z) with z brought to mean 0 and variance 1, and training minimises the cross-entropy
/// of the labels (Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 2006; Erhan et al., "Why
/// Does Unsupervised Pre-training Help Deep Learning?", JMLR 2010). Where no `Epochs` are given, training takes at least 400 steps and at
/// least 10 epochs. Before it is fine-tuned, as many epochs go to the head alone. An encoder that had to undo damage (`Corruption` or the
/// `Distortion` of images) usually serves better than a plain one; a few labelled images serve better where they are distorted too.
/// ]]></format>
/// </remarks>
public sealed class PretrainedEncoderBinaryTrainer : ITrainerEstimator<PretrainedEncoderBinaryTransformer, ClassifierModel>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : PretrainedEncoderOptions;

    internal PretrainedEncoderBinaryTrainer(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _env = env;
        _options = options;
    }

    /// <summary>What ML.NET asks of a trainer: no normalization needed, no caching wanted.</summary>
    public TrainerInfo Info { get; } = HostAccess.CreateTrainerInfo(normalization: false, caching: false);

    /// <summary>Trains on labelled rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of another type, or of another size than the encoder's input.</exception>
    /// <exception cref="InvalidRowException">A row holds NaN or infinity; column, row and slot are named.</exception>
    /// <exception cref="InvalidDataException">A label is missing or a weight is not a number from 0; column and row are named.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or all are of one class.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public PretrainedEncoderBinaryTransformer Fit(IDataView input)
    {
        var (model, description) = _options.Train(_env, nameof(PretrainedEncoderBinaryTrainer), input, binary: true);
        return new PretrainedEncoderBinaryTransformer(model, description);
    }

    /// <summary>The columns behind this trainer, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _options.RequireColumns(inputSchema, binary: true);
        return inputSchema.With(PretrainedEncoderBinaryTransformer.Outputs.Select(output => Shapes.Column(output.Name, output.Type, output.Annotations)));
    }
}
