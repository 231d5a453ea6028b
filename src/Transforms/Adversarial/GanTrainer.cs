using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns a generative adversarial network, whose generator makes rows of random latent vectors.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Vectors of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | None: an adversarial network tells no density |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, by `SaveAsOnnx` |
///
/// A generator G makes rows of standard normal latent vectors z, a discriminator D learns to tell them from real ones, and G learns to be taken for
/// real: min over G, max over D of E[ln D(x)] + E[ln(1 - D(G(z)))] (Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014, equation 1),
/// or by another `Loss`; `AdversarialLoss.Wasserstein` gives WGAN-GP. With `ConvolutionalGan` as `Network` it is a DCGAN for images. With a label,
/// G is told the class of each row, and D judges by it (Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018).
///
/// Neither loss tells how good the rows are; the measures in the transformer's `History` tell whether the generator makes few different rows:
/// `Diversity` and `DiversityWithinClasses`, near 1 where generated rows lie as far apart as real ones, and `Coverage`, the share of real rows that
/// have generated ones as neighbours. Early stopping needs validation rows, whose loss is their energy distance to generated ones. Where no
/// `Epochs` are given, training takes at least 10,000 steps, but at most 1,000 epochs, and at least 10 epochs.
/// ]]></format>
/// </remarks>
public sealed class GanTrainer : GeneratorTrainer
{
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : GeneratorOptions
    {
        /// <summary>The defaults: batches of 64 rows, and <see cref="Adam"/> with learning rate 0.002 and Beta1 0.5.</summary>
        public Options() : base(leastSteps: 10_000, leastEpochs: 10, mostEpochs: 1000)
        {
            BatchSize = 64;
            Optimizer = new Adam { LearningRate = 2e-3, Beta1 = 0.5 };
        }

        /// <summary>Values in a latent vector, at least 1. Default 64.</summary>
        public int LatentSize { get; set; } = 64;

        /// <summary>The kind of generator and discriminator: <see cref="DenseGan"/>, the default, or <see cref="ConvolutionalGan"/> for
        /// images.</summary>
        public AdversarialDesign Network { get; set; } = new DenseGan();

        /// <summary>What generator and discriminator play for. Default <see cref="AdversarialLoss.NonSaturating"/>.</summary>
        public AdversarialLoss Loss { get; set; }

        /// <summary>Weight of the penalty on the discriminator's slope, at least 0. Default <see langword="null"/>: 10 with
        /// <see cref="AdversarialLoss.Wasserstein"/>, else 1; see <see cref="AdversarialTraining.GradientPenalty"/>.</summary>
        public double? GradientPenalty { get; set; }

        /// <summary>Steps of the discriminator for each one of the generator, at least 1. Default <see langword="null"/>: 5 with
        /// <see cref="AdversarialLoss.Wasserstein"/>, else 1.</summary>
        public int? DiscriminatorSteps { get; set; }

        /// <summary>What the learning rate is multiplied by for the discriminator, at least 0. Default 1.</summary>
        public double DiscriminatorLearningRateFactor { get; set; } = 1;

        /// <summary>How much of the average of the generator's weights, by which rows are drawn, each of its steps leaves: 0 (the last weights alone)
        /// to below 1. Default 0.999.</summary>
        public double AverageDecay { get; set; } = 0.999;

        internal AdversarialTraining Training => new()
        {
            Loss = Loss,
            GradientPenalty = GradientPenalty,
            DiscriminatorSteps = DiscriminatorSteps,
            DiscriminatorLearningRateFactor = DiscriminatorLearningRateFactor,
            AverageDecay = AverageDecay,
        };

        internal override void Check()
        {
            base.Check();
            ArgumentNullException.ThrowIfNull(Network);
            // The ranges are those of what is made of the settings.
            _ = Training;
            _ = Architecture(1, null, null, Activation.Identity);
        }

        internal AdversarialArchitecture Architecture(int inputSize, IReadOnlyList<SlotGroup>? groups, double[]? shares, Activation output) => new()
        {
            InputSize = inputSize,
            Slots = groups,
            ClassShares = shares,
            LatentSize = LatentSize,
            Network = Network,
            OutputActivation = output,
        };
    }

    internal GanTrainer(IHostEnvironment env, Options options) : base(env, options) => _options = options;

    private protected override bool TellsDensity => false;

    private protected override GenerativeModel Train(GeneratorJob job)
    {
        var output = job.Data.IsUnitRange ? Activation.Sigmoid : Activation.Identity;
        var architecture = _options.Architecture(job.InputSize, job.Groups, job.ClassShares, output);
        architecture = architecture with { Network = architecture.Network.Resolve(architecture.NetworkSize) };
        return AdversarialModel.Train(architecture, job.Data, job.Options, _options.Training, job.Cancellation);
    }
}
