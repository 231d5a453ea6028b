using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What an autoregressive model is made of: the probability of a row is the product of those of its variables, each given all before
/// it.</summary>
public sealed record AutoregressiveArchitecture : GeneratorArchitecture
{
    /// <summary>The network: a <see cref="MaskedAutoregressiveNetwork"/> for tables, a <see cref="GatedPixelCnn"/> for images.</summary>
    public required AutoregressiveDesign Network { get; init; }

    internal override nn.Module Create(int seed) => Network.Create(this, seed);

    internal override long CountValues() => Network.CountValues(this);

    internal override GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device) =>
        new AutoregressiveModel(this, (AutoregressiveModule)network, scaler, history, device);
}
