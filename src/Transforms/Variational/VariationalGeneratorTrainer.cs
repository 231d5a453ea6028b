using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns a variational autoencoder, from which rows are drawn by decoding random latent vectors.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Vectors of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | `LogLikelihood`, `BitsPerDimension` (Single): lower bounds |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// An encoder gives each row x a normal distribution q(z|x) of latent vectors, a decoder each latent vector a distribution p(x|z) of rows; both are
/// trained to maximise the evidence lower bound E[ln p(x|z)] - KL(q(z|x) || N(0, I)) (Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR
/// 2014, equation 3). Where no `Epochs` are given, training takes at least 10,000 steps, but at most 1,000 epochs, and at least 10 epochs.
/// ]]></format>
/// </remarks>
public sealed class VariationalGeneratorTrainer : GeneratorTrainer
{
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : VariationalOptions
    {    }

    internal VariationalGeneratorTrainer(IHostEnvironment env, Options options) : base(env, options) => _options = options;

    private protected override bool TellsDensity => true;

    private protected override GenerativeModel Train(GeneratorJob job) => _options.Train(job);
}
