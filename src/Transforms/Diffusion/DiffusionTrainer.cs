using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns to take noise out of rows, so that rows can be made of nothing but noise step by step.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No, slots are scaled unless `Scaling` is `None` |
/// | Is caching required? | No, the data is read once where it fits `MemoryBudget` |
/// | Input columns | Vectors of Single of known size, or scalar columns of numbers, Booleans, texts and keys; no missing numbers |
/// | Output columns | None: the model tells no density |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// A row x is noised to z = a x + s ε, with a and s by a random time t of the noise schedule; a network is told z, t and, where there is a
/// label, the class, and trained to say ε, x or v = a ε - s x, whichever `Prediction` asks for, with the least squared error (Ho et al.,
/// "Denoising Diffusion Probabilistic Models", NeurIPS 2020, algorithm 1). Rows are drawn with the moving average of its weights by DDIM or
/// by the ancestral sampler: see [DiffusionSampling](xref:Extensions.ML.Generators.DiffusionSampling). Where no `Epochs` are given, training
/// takes at least 15,000 steps, but at most 1,000 epochs, and at least 20 epochs.
/// ]]></format>
/// </remarks>
public sealed class DiffusionTrainer : GeneratorTrainer
{
    readonly Options _options;

    /// <summary>All settings of the trainer.</summary>
    public sealed class Options : GeneratorOptions
    {
        /// <summary>The settings, each at its default.</summary>
        public Options() : base(leastSteps: 15_000, leastEpochs: 20, mostEpochs: 1000)
        {
            Optimizer = new Adam { LearningRate = 2e-3 };
            Schedule = new CosineSchedule { WarmupSteps = 100 };
        }

        /// <summary>The kind of network: a <see cref="DenseDenoiser"/>, the default, or a <see cref="UNet"/> for images.</summary>
        public DenoiserDesign Network { get; set; } = new DenseDenoiser();

        /// <summary>How noise is added: <see cref="CosineNoise"/>, the default, or <see cref="LinearNoise"/>.</summary>
        public NoiseSchedule Noise { get; set; } = new CosineNoise();

        /// <summary>What the network says about the numbers of a noised row. Default <see cref="DiffusionPrediction.Velocity"/>.</summary>
        public DiffusionPrediction Prediction { get; set; } = DiffusionPrediction.Velocity;

        /// <summary>Decay of the moving average of the weights with which rows are drawn, from 0 (the last weights) to below 1; less in the
        /// first steps. Default 0.999.</summary>
        public double AverageDecay { get; set; } = new DiffusionTraining().AverageDecay;

        /// <summary>Share of the rows whose class is hidden from the network in training, from 0 to below 1; above 0 where rows are to be
        /// drawn with guidance. Default 0.1.</summary>
        public double ClassDropout { get; set; } = new DiffusionTraining().ClassDropout;

        /// <summary>The autoencoder whose codes are diffused instead of rows: it is trained first, on the same rows. Default
        /// <see langword="null"/>: none.</summary>
        public LatentAutoencoder? Autoencoder { get; set; }

        internal override void Check()
        {
            base.Check();
            ArgumentNullException.ThrowIfNull(Network);
            ArgumentNullException.ThrowIfNull(Noise);
            _ = How;
        }

        internal DiffusionTraining How => new() { AverageDecay = AverageDecay, ClassDropout = ClassDropout };
    }

    internal DiffusionTrainer(IHostEnvironment env, Options options) : base(env, options) => _options = options;

    private protected override bool TellsDensity => false;

    private protected override GenerativeModel Train(GeneratorJob job)
    {
        var architecture = new DiffusionArchitecture
        {
            InputSize = job.InputSize,
            Slots = job.Groups,
            ClassShares = job.ClassShares,
            Network = _options.Network,
            Schedule = _options.Noise,
            Prediction = _options.Prediction,
            UnitRange = job.Data.IsUnitRange && _options.Autoencoder == null,
        };
        if (_options.Autoencoder is not { } latent)
            return DiffusionModel.Train(architecture, null, job.Data, job.Options, _options.How, job.Cancellation);
        using var autoencoder = latent.Train(job);
        return DiffusionModel.Train(architecture with { Autoencoder = autoencoder.Architecture }, autoencoder, job.Data, job.Options, _options.How,
            job.Cancellation);
    }
}
