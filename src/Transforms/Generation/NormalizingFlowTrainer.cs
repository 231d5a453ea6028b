using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns a normalizing flow: an exact density of rows of numbers, from which rows are drawn.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Vectors of Single of known size, or scalar columns of numbers; no missing ones, no categories |
/// | Output columns | `LogLikelihood`, `BitsPerDimension` (Single): exact |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx`, unless `Flow.Autoregressive` is set |
///
/// Invertible steps f make a row x a standard normal vector z = f(x); by the change of variables ln p(x) = ln N(f(x); 0, I) + ln |det df/dx|, which
/// training maximises (Dinh et al., "Density estimation using Real NVP", ICLR 2017, equation 3). Means and covariances are taken out first, so
/// that training starts from the full-covariance Gaussian; the steps are couplings by rational-quadratic splines (Durkan et al., "Neural Spline
/// Flows", NeurIPS 2019) unless <see cref="Options.Flow"/> says otherwise. Where no `Epochs` are given, training takes at least 6,000 steps, but at
/// most 200 epochs, and at least 10 epochs; it stops early when the tenth of the rows kept for validation has not become likelier for 15 epochs.
/// ]]></format>
/// </remarks>
public sealed class NormalizingFlowTrainer : GeneratorTrainer
{
    readonly Options _options;

    /// <summary>All settings of the trainer. Default <see cref="GeneratorOptions.Scaling"/>: <see cref="FeatureScaling.Standardize"/>.</summary>
    public sealed class Options : DensityOptions
    {
        /// <summary>The default settings.</summary>
        public Options() => Scaling = FeatureScaling.Standardize;

        /// <summary>The steps of the flow.</summary>
        public FlowDesign Flow { get; set; } = new();

        internal override void Check()
        {
            base.Check();
            ArgumentNullException.ThrowIfNull(Flow);
        }
    }

    internal NormalizingFlowTrainer(IHostEnvironment env, Options options) : base(env, options) => _options = options;

    private protected override bool TellsDensity => true;

    private protected override GenerativeModel Train(GeneratorJob job) => FlowModel.Train(
        new FlowArchitecture { InputSize = job.InputSize, Slots = job.Groups, ClassShares = job.ClassShares, Flow = _options.Flow },
        job.Data, job.Options, _options.ToTraining(), job.Cancellation);
}
