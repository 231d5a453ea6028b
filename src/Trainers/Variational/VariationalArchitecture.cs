using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a variational autoencoder is made of.</summary>
public sealed record VariationalArchitecture : GeneratorArchitecture
{
    /// <summary>Values in a latent vector, at least 1.</summary>
    public required int LatentSize
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(LatentSize), value, "LatentSize must be at least 1.");
    }

    /// <summary>The kind of network below the latent vector: <see cref="DenseNetwork"/> or <see cref="ConvolutionalNetwork"/>. The last of a dense
    /// network's hidden layers is <see cref="FeatureSize"/>.</summary>
    public required NetworkDesign Network { get; init; }

    /// <summary>Values between the network and the latent vector, at least 1.</summary>
    public required int FeatureSize
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(FeatureSize), value, "FeatureSize must be at least 1.");
    }

    /// <summary>After every hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>How the numbers of a row are distributed around the decoder's output.</summary>
    public NumberLikelihood Likelihood { get; init; } = NumberLikelihood.GaussianPerSlot;

    /// <summary>The deviation of <see cref="NumberLikelihood.Gaussian"/>, in scaled units, from 1e-6 to 1e6. Default 1.</summary>
    public double Deviation
    {
        get;
        init => field = value is >= 1e-6 and <= 1e6 ? value
            : throw new ArgumentOutOfRangeException(nameof(Deviation), value, "Deviation must be from 1e-6 to 1e6.");
    } = 1;

    /// <summary>Latent vectors that are drawn for each row where its density is estimated, 1 to 4096. Default 16.</summary>
    public int Draws
    {
        get;
        init => field = value is >= 1 and <= 4096 ? value : throw new ArgumentOutOfRangeException(nameof(Draws), value, "Draws must be from 1 to 4096.");
    } = 16;

    /// <summary>The network from the row to the features and back.</summary>
    [JsonIgnore]
    internal AutoencoderArchitecture Body => new()
    {
        InputSize = NetworkSize,
        CodeSize = FeatureSize,
        Network = Network switch
        {
            DenseNetwork dense => dense with { CodeActivation = Activation, HiddenSizes = dense.HiddenSizes ?? [] },
            ConvolutionalNetwork convolutional => convolutional with { CodeActivation = Activation, BatchNormalization = convolutional.BatchNormalization ?? false },
            _ => throw new ArgumentException($"A variational autoencoder is dense or convolutional, not a {Network.GetType().Name}."),
        },
        Activation = Activation,
    };

    internal override nn.Module Create(int seed) => new VariationalNetwork(this, seed);

    internal override long CountValues()
    {
        checked
        {
            var body = Body;
            long features = FeatureSize, posterior = (features + 1) * 2 * LatentSize + (Classes > 0 ? (features + Classes + 1) * features : 0),
                decoder = ((long)LatentSize + Classes) * features + features, deviation = Likelihood switch
                {
                    NumberLikelihood.GaussianPerSlot => NetworkSize,
                    NumberLikelihood.GaussianPerRow => (features + 1) * NetworkSize,
                    _ => 0,
                };
            const int steps = 1;
            return body.Network.CountValues(body) + posterior + decoder + deviation + steps;
        }
    }

    internal override GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device) =>
        new VariationalModel(this, (VariationalNetwork)network, scaler, history, device);
}
