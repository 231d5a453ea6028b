using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A diffusion model: a network that tells noise from data at every level of noise, from which rows are made out of nothing but noise step by
/// step (Ho et al. 2020). Categories are diffused as their indicators, -1 and 1, of which the network says how likely each is (Dieleman
/// et al., "Continuous Diffusion for Categorical Data", 2022), and decided at the end.
/// </summary>
public sealed record DiffusionArchitecture : GeneratorArchitecture
{
    /// <summary>The kind of network. Over an <see cref="Autoencoder"/> it is a <see cref="DenseDenoiser"/>.</summary>
    public required DenoiserDesign Network { get; init; }

    /// <summary>How noise is added. Default <see cref="CosineNoise"/> with its defaults.</summary>
    public NoiseSchedule Schedule { get; init; } = new CosineNoise();

    /// <summary>What the network says about the numbers of a noised row. Default <see cref="DiffusionPrediction.Velocity"/>.</summary>
    public DiffusionPrediction Prediction { get; init; } = DiffusionPrediction.Velocity;

    /// <summary>Whether the numbers of rows lie from 0 to 1, as pixels do: they are diffused as -1 to 1 then, and those that are drawn never
    /// leave that range. Default no.</summary>
    public bool UnitRange { get; init; }

    /// <summary>The autoencoder whose codes are diffused instead of rows (Rombach et al., "High-Resolution Image Synthesis with Latent
    /// Diffusion Models", CVPR 2022); <see langword="null"/> (the default) for rows.</summary>
    public AutoencoderArchitecture? Autoencoder { get; init; }

    /// <summary>Values that are diffused for a row.</summary>
    [JsonIgnore]
    internal int Width => Autoencoder?.CodeSize ?? NetworkSize;

    internal override nn.Module Create(int seed)
    {
        Check();
        var denoiser = Network.Create(Width, Classes, seed);
        return new DiffusionNetwork(denoiser, Autoencoder is null ? new RowSpace(Layout, UnitRange) : new CodeSpace(Autoencoder));
    }

    internal override long CountValues()
    {
        Check();
        return checked(Network.CountValues(Width, Classes)
            + (Autoencoder is null ? 0 : Autoencoder.Network.CountValues(Autoencoder) + 2L * Autoencoder.CodeSize));
    }

    void Check()
    {
        if (Network is UNet && Slots is not null) throw new ArgumentException("A UNet is for images; these rows have slots that are not numbers.");
        if (Autoencoder is null) return;
        if (Network is not DenseDenoiser) throw new ArgumentException("Codes of an autoencoder are no images: their network must be a DenseDenoiser.");
        if (Autoencoder.InputSize != InputSize)
            throw new ArgumentException($"The autoencoder is of rows of {Autoencoder.InputSize} values, the diffusion of {InputSize}.");
        if (!(Autoencoder.Slots ?? []).SequenceEqual(Slots ?? [])) throw new ArgumentException("The autoencoder's slots are not those of the diffusion.");
    }

    internal override GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device) =>
        new DiffusionModel(this, (DiffusionNetwork)network, scaler, history, device);
}
