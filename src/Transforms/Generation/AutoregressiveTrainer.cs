using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns an autoregressive network: an exact density of mixed tables or of images, from which rows are drawn value by value.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No for tables, whose slots are scaled unless `Scaling` is `None`; images from 0 to 1 |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Vectors of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | `LogLikelihood`, `BitsPerDimension` (Single): exact |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The density of a row is the product of those of its variables, each given all before it. A <see cref="MaskedAutoregressiveNetwork"/> tells those of
/// a table in one pass (Germain et al., "MADE", ICML 2015), a <see cref="GatedPixelCnn"/> those of an image (van den Oord et al., "Conditional Image
/// Generation with PixelCNN Decoders", NeurIPS 2016). Training maximises the likelihood. Where no `Epochs` are given, it takes at least 6,000 steps,
/// but at most 200 epochs, and at least 10 epochs; it stops early when the tenth of the rows kept for validation has not become likelier for 15
/// epochs.
/// ]]></format>
/// </remarks>
public sealed class AutoregressiveTrainer : GeneratorTrainer
{
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : DensityOptions
    {
        /// <summary>The network: <see cref="MaskedAutoregressiveNetwork"/>, the default, for tables, or <see cref="GatedPixelCnn"/> for
        /// images.</summary>
        public AutoregressiveDesign Network { get; set; } = new MaskedAutoregressiveNetwork();

        /// <summary>Images as they are where they lie from 0 to 1; tables always standardised, for noise is measured by the slots' deviations.</summary>
        private protected override FeatureScaling ResolveScaling() =>
            Scaling == FeatureScaling.Auto && !Network.NeedsUnitRange ? FeatureScaling.Standardize : Scaling;

        internal override void Check()
        {
            base.Check();
            ArgumentNullException.ThrowIfNull(Network);
        }
    }

    internal AutoregressiveTrainer(IHostEnvironment env, Options options) : base(env, options) => _options = options;

    private protected override bool TellsDensity => true;

    private protected override GenerativeModel Train(GeneratorJob job) => AutoregressiveModel.Train(
        new AutoregressiveArchitecture { InputSize = job.InputSize, Slots = job.Groups, ClassShares = job.ClassShares, Network = _options.Network },
        job.Data, job.Options, _options.ToTraining(), job.Cancellation);
}
