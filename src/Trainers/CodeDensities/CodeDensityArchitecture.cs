using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a generator of an autoencoder and a density of its codes is made of.</summary>
public sealed record CodeDensityArchitecture : GeneratorArchitecture
{
    /// <summary>The autoencoder, over rows of the same size and slots.</summary>
    public required AutoencoderArchitecture Autoencoder { get; init; }

    /// <summary>The density of its codes.</summary>
    public required CodeDensity CodeDensity { get; init; }

    internal override nn.Module Create(int seed)
    {
        Check();
        return new CodeDensityNetwork(Autoencoder.Create(seed), CodeDensity.Create(Autoencoder.CodeSize, Classes, seed));
    }

    internal override long CountValues()
    {
        Check();
        return checked(Autoencoder.Network.CountValues(Autoencoder) + CodeDensity.CountValues(Autoencoder.CodeSize, Classes));
    }

    internal override GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device) =>
        new CodeDensityModel(this, (CodeDensityNetwork)network, scaler, history, device);

    void Check()
    {
        if (Autoencoder.InputSize != InputSize || Autoencoder.NetworkSize != NetworkSize)
            throw new ArgumentException(
                $"The autoencoder is of rows of {Autoencoder.InputSize} values; the generator's have {InputSize}, or other slots.");
    }
}

/// <summary>An autoencoder and the density of its codes.</summary>
sealed class CodeDensityNetwork : nn.Module
{
    readonly AutoencoderNetwork autoencoder;
    readonly CodeDensityModule density;

    internal CodeDensityNetwork(AutoencoderNetwork autoencoder, CodeDensityModule density) : base(nameof(CodeDensityNetwork))
    {
        (this.autoencoder, this.density) = (autoencoder, density);
        RegisterComponents();
    }

    internal AutoencoderNetwork Autoencoder => autoencoder;

    internal CodeDensityModule Density => density;
}
