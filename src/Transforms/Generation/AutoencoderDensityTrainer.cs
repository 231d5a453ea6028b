using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns an autoencoder, then a density of its codes: rows are decoded from codes that are drawn.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Vectors of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | none: a density of codes is none of rows |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// The simplest generator over an autoencoder (Ghosh et al., "From Variational to Deterministic Autoencoders", ICLR 2020, section 4): a mixture of
/// normal distributions fitted to the codes of the training rows, or a normalizing flow. Where no `Epochs` are given, the autoencoder takes at
/// least 10,000 steps, but at most 100 epochs, and at least 10 epochs; a flow takes as many.
/// ]]></format>
/// </remarks>
public sealed class AutoencoderDensityTrainer : GeneratorTrainer
{
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : GeneratorOptions
    {
        /// <summary>The default settings.</summary>
        public Options() : base(leastSteps: 10_000, leastEpochs: 10, mostEpochs: 100) => Schedule = new CosineSchedule();

        /// <summary>Values in a code, at least 1. Default 16.</summary>
        public int CodeSize { get; set; } = 16;

        /// <summary>The density of the codes: <see cref="MixtureCodeDensity"/>, the default, or <see cref="FlowCodeDensity"/>.</summary>
        public CodeDensity CodeDensity { get; set; } = new MixtureCodeDensity();

        /// <summary>The kind of network. Default a <see cref="DenseNetwork"/> with one hidden layer, its width chosen from input and code.</summary>
        public NetworkDesign Network { get; set; } = new DenseNetwork();

        /// <summary>After every hidden layer. Default <see cref="Activation.Silu"/>.</summary>
        public Activation Activation { get; set; } = Activation.Silu;

        /// <summary>Damage to the rows that the encoder sees in training. Default <see langword="null"/>: none.</summary>
        public Corruption? Corruption { get; set; }

        /// <summary>What is asked of the code besides. Default <see langword="null"/>: nothing.</summary>
        public CodePenalty? Penalty { get; set; }

        internal override void Check()
        {
            base.Check();
            ArgumentOutOfRangeException.ThrowIfLessThan(CodeSize, 1);
            ArgumentNullException.ThrowIfNull(CodeDensity);
            ArgumentNullException.ThrowIfNull(Network);
        }

        internal CodeDensityArchitecture Architecture(GeneratorJob job)
        {
            bool unit = job.Data.IsUnitRange && job.Groups == null;
            return new()
            {
                InputSize = job.InputSize,
                Slots = job.Groups,
                ClassShares = job.ClassShares,
                CodeDensity = CodeDensity,
                Autoencoder = new()
                {
                    InputSize = job.InputSize,
                    Slots = job.Groups,
                    CodeSize = CodeSize,
                    Network = Network.Resolve(job.NetworkSize, [HiddenSize(CodeSize, job.NetworkSize)]),
                    Activation = Activation,
                    Loss = unit ? ReconstructionLoss.BinaryCrossEntropy : ReconstructionLoss.MeanSquaredError,
                },
            };
        }
    }

    internal AutoencoderDensityTrainer(IHostEnvironment env, Options options) : base(env, options) => _options = options;

    private protected override bool TellsDensity => false;

    private protected override GenerativeModel Train(GeneratorJob job) => CodeDensityModel.Train(_options.Architecture(job), job.Data, job.Options,
        new() { Corruption = _options.Corruption, Penalty = _options.Penalty }, job.Cancellation);
}
