using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained normalizing flow. A latent vector has as many values as a row, and each is the other's exact counterpart; the density is exact.
/// </summary>
public sealed class FlowModel : LatentModel
{
    readonly FlowNetwork _network;

    internal FlowModel(FlowArchitecture architecture, FlowNetwork network, FeatureScaler scaler, TrainingHistory history, Device device)
        : base(architecture, network, scaler, history, device) => _network = network;

    /// <summary>Trains a flow on data that is ready.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names; the class of each from 0 as a target where the
    /// architecture has classes.</param>
    /// <param name="options">How to train.</param>
    /// <param name="how">What is particular to densities.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">There are slots that are not numeric.</exception>
    public static FlowModel Train(FlowArchitecture architecture, TrainingData data, TrainingOptions options, DensityTraining how,
        CancellationToken cancellation = default)
    {
        TorchEngine.Start();
        var device = TorchEngine.Device(options.Device);
        return ((FlowNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            network.to(device);
            var history = network.Train(batch => ConditionalRows.Of(batch[0], architecture), data, options, how, cancellation);
            return new FlowModel(architecture, network, data.Scaler, history, device);
        });
    }

    /// <inheritdoc/>
    public override int LatentSize => Architecture.InputSize;

    /// <inheritdoc/>
    public override bool CanEncode => true;

    /// <inheritdoc/>
    public override Density Density => Density.Exact;

    internal override Tensor Encode(Tensor x, Tensor? classes) => _network.Normalize(x, classes).Latents;

    internal override Tensor Decode(Tensor latents, Tensor? classes, RowNoise? noise) => _network.Generate(latents, classes);

    private protected override OnnxTensor Encode(OnnxTensor x, OnnxTensor? classes) => _network.Normalize(x, classes);

    private protected override OnnxTensor Decode(OnnxTensor latents, OnnxTensor? classes) => _network.Generate(latents, classes);

    internal override Tensor ScaledLogLikelihood(Tensor x, Tensor? classes) => _network.LogLikelihood(x, classes);
}
