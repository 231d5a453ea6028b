using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained diffusion model: see <see cref="DiffusionArchitecture"/>. Immutable; one instance serves many threads.</summary>
public sealed class DiffusionModel : GenerativeModel
{
    readonly DiffusionNetwork _network;

    internal DiffusionModel(DiffusionArchitecture architecture, DiffusionNetwork network, FeatureScaler scaler, TrainingHistory history, Device device)
        : base(architecture, network, scaler, history, device)
    {
        _network = network;
        Architecture = architecture;
        Levels = new NoiseLevels(architecture.Schedule);
    }

    /// <summary>What the network is made of.</summary>
    public new DiffusionArchitecture Architecture { get; }

    /// <summary>How much noise there is at each time.</summary>
    internal NoiseLevels Levels { get; }

    /// <summary>The space in which rows are diffused.</summary>
    internal DiffusionSpace Space => _network.Space;

    /// <summary>Trains a network on data that is ready.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="autoencoder">The autoencoder that <paramref name="architecture"/> names, itself left as it is; <see langword="null"/>
    /// where it names none.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names, scaled as the autoencoder has it, with the class
    /// from 0 as their last value where there are classes.</param>
    /// <param name="options">How to train.</param>
    /// <param name="how">What is particular to diffusion; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the rows, or the autoencoder is not the one that is named.</exception>
    public static DiffusionModel Train(DiffusionArchitecture architecture, AutoencoderModel? autoencoder, TrainingData data, TrainingOptions options,
        DiffusionTraining? how = null, CancellationToken cancellation = default)
    {
        if (JsonSerializer.Serialize(autoencoder?.Architecture) != JsonSerializer.Serialize(architecture.Autoencoder))
            throw new ArgumentException("The trained autoencoder is not of the architecture that the diffusion names.");
        how ??= new();
        TorchEngine.Start();
        var device = TorchEngine.Device(options.Device);
        return ((DiffusionNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            network.to(device);
            network.eval();
            if (autoencoder is not null) ((CodeSpace)network.Space).Learn(autoencoder, architecture, data, cancellation);
            using var averaged = new AveragedDenoiser(Denoiser(), Denoiser(), how.AverageDecay);
            using var objective = new DenoisingObjective(architecture, averaged, network.Space, options, how);
            var history = TrainingLoop.Run(averaged, objective.Loss, data.Training, data.Validation,
                options with { Objective = Describe(architecture, how, autoencoder, options) }, cancellation);
            averaged.Update(); // The last step's weights count too.
            network.Denoiser.load_state_dict(averaged.Average.state_dict());
            return new DiffusionModel(architecture, network, data.Scaler, history, device);
        });

        DenoiserNetwork Denoiser() => architecture.Network.Create(architecture.Width, architecture.Classes, options.Seed);
    }

    /// <summary>In words, for a checkpoint.</summary>
    static string Describe(DiffusionArchitecture architecture, DiffusionTraining how, AutoencoderModel? autoencoder, TrainingOptions options)
    {
        string words = JsonSerializer.Serialize(how) + JsonSerializer.Serialize<GeneratorArchitecture>(architecture);
        return options.CheckpointFolder is null ? words : words + autoencoder?.Fingerprint();
    }

    /// <summary>
    /// How badly the network tells the noise in a row from the row: the mean squared error of the noise over some levels of it, from little
    /// to much, which is higher for rows unlike those of the training (after Graham et al., "Denoising Diffusion Models for
    /// Out-of-Distribution Detection", CVPR workshops 2023). The noise depends on the row alone. Rows are judged without regard to a class.
    /// </summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="errors">[count], at least 0.</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void DenoisingError(FeatureBlock rows, int count, Span<float> errors)
    {
        const int parts = 10;
        ThrowIfDisposed();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = rows.Scaled(count, Scaler).to(Device);
        var draws = RowNoise.Of(0, x);
        var data = Space.Enter(Architecture.Layout.Expand(x));
        var sum = zeros(count, device: Device);
        for (int part = 0; part < parts; part++)
        {
            using var inner = NewDisposeScope();
            int time = (int)((part + 0.5) * Levels.Steps / parts);
            var noise = draws.Normal(Architecture.Width, NoiseUse.Steps, time).to(Device);
            var noisy = data * Levels.Signal(time) + noise * Levels.Noise(time);
            sum.add_((Denoise(noisy, time, null, 1).Noise - noise).square().mean([1]));
        }
        (sum / parts).CopyTo(errors);
    }

    /// <summary>What noised rows consist of.</summary>
    /// <param name="noisy">[rows, width of the space]</param>
    /// <param name="time">Their time, from 0.</param>
    /// <param name="classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
    /// <param name="guidance">How strongly the class is followed: 1 as the network learned it, 0 not at all, above 1 more than that, away from
    /// rows of no given class (Ho and Salimans 2022, equation 6, whose w is this less 1).</param>
    internal DenoisingEstimate Denoise(Tensor noisy, int time, Tensor? classes, double guidance)
    {
        long rows = noisy.shape[0];
        Tensor output;
        if (classes is null || guidance is 0 or 1) output = Predict(noisy, guidance == 0 ? null : classes);
        else
        {
            // Both predictions by one pass of the network.
            var both = Predict(cat([noisy, noisy], 0), cat([classes, full_like(classes, Architecture.Classes)], 0));
            var (with, without) = (both.narrow(0, 0, rows), both.narrow(0, rows, rows));
            output = without + (with - without) * guidance;
        }
        return Space.Read(Architecture.Prediction, output, noisy, Levels.Signal(time), Levels.Noise(time));

        Tensor Predict(Tensor noisy, Tensor? classes) => _network.Denoiser.Predict(noisy,
            full(noisy.shape[0], Levels.Place(time), dtype: noisy.dtype, device: noisy.device), classes);
    }
}
