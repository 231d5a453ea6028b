using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained generative adversarial network: latent vectors become rows.</summary>
public sealed class AdversarialModel : LatentModel
{
    readonly AdversarialNetwork _network;

    internal AdversarialModel(AdversarialArchitecture architecture, AdversarialNetwork network, FeatureScaler scaler, TrainingHistory history,
        Device device) : base(architecture, network, scaler, history, device) => _network = network;

    /// <summary>What the network is made of.</summary>
    public new AdversarialArchitecture Architecture => (AdversarialArchitecture)base.Architecture;

    /// <inheritdoc/>
    public override int LatentSize => Architecture.LatentSize;

    /// <summary>Trains a generator against a discriminator.</summary>
    /// <remarks>
    /// The losses of the history say how the game stands, not how good the rows are; <see cref="EpochRecord.Measures"/> tell more:
    /// <c>DiscriminatorLoss</c> and <c>GeneratorLoss</c>; <c>RealValue</c> and <c>GeneratedValue</c>, the discriminator's mean value of real
    /// and of generated rows; <c>Diversity</c>, the mean distance of two generated rows by that of two real ones, and for a network that knows
    /// classes <c>DiversityWithinClasses</c>, both far below 1 where the generator collapses to few rows; <c>Coverage</c>, the share of 500 real
    /// rows that have one of 500 generated rows among their neighbours. The loss of validation rows is their energy distance to as many generated
    /// rows (Székely and Rizzo 2013).
    /// </remarks>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names; the class of a row is its last value, from 0, where
    /// the network knows classes.</param>
    /// <param name="options">How to train. Adam with Beta1 0.5 suits (Radford et al. 2016, section 3), with a learning rate of 0.002
    /// under the default penalty.</param>
    /// <param name="how">What is particular to adversarial networks.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the sizes; training is to stop early without validation rows to tell when; or
    /// the precision is not <see cref="Precision.Float32"/>.</exception>
    public static AdversarialModel Train(AdversarialArchitecture architecture, TrainingData data, TrainingOptions options, AdversarialTraining how,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(how);
        if (options.Patience is not null && data.Validation is null)
            throw new ArgumentException("The losses of an adversarial training do not tell when to stop: Patience needs validation rows.",
                nameof(options));
        if (options.Precision != Precision.Float32)
            throw new ArgumentException($"An adversarial network is trained in {Precision.Float32}, not in {options.Precision}.", nameof(options));
        TorchEngine.Start();
        return ((AdversarialNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            using var measures = new AdversarialMeasures(data.Training, architecture, options.Seed, cancellation);
            var game = new AdversarialGame(network, architecture, how, measures);
            try
            {
                var history = TrainingLoop.Run(game, game.Objective, data.Training, data.Validation, options with
                {
                    Objective = how.Describe(),
                    LearningRateFactors = how.DiscriminatorLearningRateFactor == 1 ? null
                        : new Dictionary<string, double> { [AdversarialGame.DiscriminatorPrefix] = how.DiscriminatorLearningRateFactor },
                    Measures = () => measures.Read(network.Generator),
                }, cancellation);
                return new AdversarialModel(architecture, network, data.Scaler, history, TorchEngine.Device(options.Device));
            }
            finally
            {
                game.Free();
            }
        });
    }

    /// <summary>How real rows look to the discriminator: log-odds with <see cref="AdversarialLoss.NonSaturating"/> and
    /// <see cref="AdversarialLoss.Original"/>, a critic's values, which only compare, with the others.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <param name="realism">[count], higher for what looks more real.</param>
    /// <exception cref="ArgumentException">There are not as many classes as rows, or a class is not one of the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void Realism(FeatureBlock rows, int count, ReadOnlySpan<int> classes, Span<float> realism)
    {
        ThrowIfDisposed();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = Architecture.Layout.Expand(rows.Scaled(count, Scaler).to(Device));
        _network.Discriminator.Judge(x, Architecture.Labels(classes, count, Device)).CopyTo(realism);
    }

    internal override Tensor Decode(Tensor latents, Tensor? classes, RowNoise? noise) => _network.Generator.Draw(latents, classes,
        Architecture.Slots is null ? null : noise?.Uniform(Architecture.Layout.Columns, NoiseUse.Rows).to(Device));

    private protected override OnnxTensor Decode(OnnxTensor latents, OnnxTensor? classes) => _network.Generator.Draw(latents, classes);
}
