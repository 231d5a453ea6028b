using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained autoregressive network; the density is exact. That of a mixed table counts numbers by their density and categories by their
/// probability. That of quantised images is spread evenly over the cell of each level: see <see cref="GatedPixelCnn.Levels"/>.
/// </summary>
public sealed class AutoregressiveModel : GenerativeModel
{
    readonly AutoregressiveModule _network;

    internal AutoregressiveModel(AutoregressiveArchitecture architecture, AutoregressiveModule network, FeatureScaler scaler,
        TrainingHistory history, Device device) : base(architecture, network, scaler, history, device) => _network = network;

    /// <summary>Trains a network on data that is ready.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names; the class of each from 0 as a target where the
    /// architecture has classes.</param>
    /// <param name="options">How to train.</param>
    /// <param name="how">What is particular to densities.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    public static AutoregressiveModel Train(AutoregressiveArchitecture architecture, TrainingData data, TrainingOptions options, DensityTraining how,
        CancellationToken cancellation = default)
    {
        if (architecture.Network.NeedsUnitRange && !data.IsUnitRange)
            throw new ArgumentException($"A {architecture.Network.GetType().Name} takes rows from 0 to 1: scale them by MinMax, or extract pixels "
                + "with scaleImage: 1 / 255f.", nameof(data));
        TorchEngine.Start();
        ConditionalRows Rows(Batch batch) => ConditionalRows.Of(batch[0], architecture);
        var device = TorchEngine.Device(options.Device);
        return architecture.Network.Create(architecture, options.Seed).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            network.to(device);
            network.Learn(ConditionalRows.All(data, Rows, cancellation).Select(batch => batch.Rows), how.Noise);
            ConditionerNetwork.SetDropout(network, how.Dropout);
            var history = TrainingLoop.Run(network, batch =>
            {
                var (x, classes) = Rows(batch);
                return -network.LogLikelihood(network.training ? network.Blur(x, how.Noise) : x, classes).mean();
            }, data.Training, data.Validation, options with { Objective = how.Describe() }, cancellation);
            return new AutoregressiveModel(architecture, network, data.Scaler, history, device);
        });
    }

    /// <inheritdoc/>
    public override Density Density => Density.Exact;

    internal override Tensor ScaledLogLikelihood(Tensor x, Tensor? classes) => _network.LogLikelihood(x, classes);

    /// <summary>Rows of which nothing is drawn yet.</summary>
    internal PartialRows Start(int rows, Tensor? classes) => _network.Start(rows, classes);
}
