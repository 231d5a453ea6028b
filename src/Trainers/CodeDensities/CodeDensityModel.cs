using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained autoencoder with a density of its codes: rows are decoded from codes that are drawn (Ghosh et al., "From Variational to Deterministic
/// Autoencoders", ICLR 2020, section 4). A density of codes is none of rows, so <see cref="GenerativeModel.Density"/> is none. A latent vector is a
/// code under a <see cref="MixtureCodeDensity"/>, and what the flow makes of a code under a <see cref="FlowCodeDensity"/>.
/// </summary>
public sealed class CodeDensityModel : LatentModel
{
    readonly CodeDensityArchitecture _architecture;
    readonly CodeDensityNetwork _network;

    internal CodeDensityModel(CodeDensityArchitecture architecture, CodeDensityNetwork network, FeatureScaler scaler, TrainingHistory history,
        Device device) : base(architecture, network, scaler, history, device) => (_architecture, _network) = (architecture, network);

    /// <summary>Trains an autoencoder, then the density of its codes.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names; the class of each from 0 as a target where the
    /// architecture has classes.</param>
    /// <param name="options">How to train the autoencoder, and the flow where there is one. A checkpoint of the flow lies in a folder "density".</param>
    /// <param name="regularization">What is asked of the autoencoder besides its reconstruction. It is trained without pretraining.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <returns>Its history is the autoencoder's.</returns>
    /// <exception cref="ArgumentException">A design does not fit the sizes.</exception>
    public static CodeDensityModel Train(CodeDensityArchitecture architecture, TrainingData data, TrainingOptions options,
        AutoencoderRegularization? regularization = null, CancellationToken cancellation = default)
    {
        TorchEngine.Start();
        var device = TorchEngine.Device(options.Device);
        return ((CodeDensityNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            network.to(device);
            using var rows = data.WithoutTargets(architecture.InputSize);
            var history = AutoencoderTraining.Run(network.Autoencoder, [network.Autoencoder], architecture.Autoencoder.RowLoss, rows, options,
                regularization ?? new(), cancellation);
            var folder = options.CheckpointFolder is { } path ? Path.Combine(path, "density") : null;
            network.Density.Learn(Codes, data, options with { CheckpointFolder = folder }, cancellation);
            network.eval();
            return new CodeDensityModel(architecture, network, data.Scaler, history, device);

            ConditionalRows Codes(Batch batch)
            {
                using var noGradients = no_grad();
                var (x, classes) = ConditionalRows.Of(batch[0], architecture);
                return new(network.Autoencoder.encode(x), classes);
            }
        });
    }

    /// <inheritdoc/>
    public override int LatentSize => _architecture.Autoencoder.CodeSize;

    /// <inheritdoc/>
    public override bool CanEncode => true;

    internal override bool CanComplete => true;

    internal override Tensor DrawLatents(RowNoise noise, Tensor? classes) => _network.Density.Draw(noise, classes);

    internal override Tensor Encode(Tensor x, Tensor? classes) => _network.Density.ToLatents(_network.Autoencoder.encode(x), classes);

    internal override Tensor Decode(Tensor latents, Tensor? classes, RowNoise? noise)
    {
        var output = _network.Autoencoder.decode(_network.Density.ToCodes(latents, classes));
        return _architecture.Autoencoder.RowLoss.Decide(output, noise?.Uniform(Architecture.Layout.Columns, NoiseUse.Rows).to(output.device));
    }

    private protected override OnnxTensor Encode(OnnxTensor x, OnnxTensor? classes) =>
        _network.Density.ToLatents(_network.Autoencoder.encode(x), classes);

    private protected override OnnxTensor Decode(OnnxTensor latents, OnnxTensor? classes) =>
        _architecture.Autoencoder.RowLoss.Decide(_network.Autoencoder.decode(_network.Density.ToCodes(latents, classes)));
}
