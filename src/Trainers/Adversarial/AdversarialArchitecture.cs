using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a generative adversarial network is made of.</summary>
public sealed record AdversarialArchitecture : GeneratorArchitecture
{
    /// <summary>Values in a latent vector, at least 1. Default 64.</summary>
    public int LatentSize
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(LatentSize), value, "LatentSize must be at least 1.");
    } = 64;

    /// <summary>The kind of generator and discriminator.</summary>
    public required AdversarialDesign Network { get; init; }

    /// <summary>After the generator's last layer, for numbers: <see cref="Activation.Sigmoid"/> where all of them lie between 0 and 1. Default
    /// <see cref="Activation.Identity"/>.</summary>
    public Activation OutputActivation { get; init; } = Activation.Identity;

    internal override nn.Module Create(int seed) => new AdversarialNetwork(this, seed);

    internal override long CountValues() => checked(Network.CountValues(LatentSize + Classes, NetworkSize)
        + (Network.CountFeatures(NetworkSize) + 1) * (1 + Classes));

    internal override GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device)
        => new AdversarialModel(this, (AdversarialNetwork)network, scaler, history, device);
}
