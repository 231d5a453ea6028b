using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Damage to the input in training, drawn anew for every row and step. A network that has to undo it learns how the slots hang together
/// instead of copying them (Vincent et al., "Stacked Denoising Autoencoders", JMLR 2010, section 3.3). Values are those that the network
/// sees: scaled ones.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(GaussianNoise), "gaussian")]
[JsonDerivedType(typeof(MaskingNoise), "masking")]
[JsonDerivedType(typeof(SaltAndPepperNoise), "salt-and-pepper")]
public abstract record Corruption
{
    private protected Corruption()
    {
    }

    /// <summary>A damaged copy.</summary>
    /// <param name="x">[rows, width]; left as it is.</param>
    /// <returns>[rows, width]</returns>
    internal abstract Tensor Apply(Tensor x);

    private protected static double Share(double value, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
        => value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 1.");

    /// <summary>True for a share of the values, each drawn by itself.</summary>
    private protected static Tensor Chosen(Tensor x, double share) => rand_like(x).lt(share);
}

/// <summary>Normal noise is added to every value.</summary>
public sealed record GaussianNoise : Corruption
{
    /// <summary>Standard deviation in scaled units, at least 0. Default 0.3.</summary>
    public double StandardDeviation
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(StandardDeviation), value, "StandardDeviation must be finite and at least 0.");
    } = 0.3;

    internal override Tensor Apply(Tensor x) => x + randn_like(x) * StandardDeviation;
}

/// <summary>A share of the values is set to 0.</summary>
public sealed record MaskingNoise : Corruption
{
    /// <summary>Share of the values, 0 to 1. Default 0.25.</summary>
    public double Rate { get; init => field = Share(value); } = 0.25;

    internal override Tensor Apply(Tensor x) => x.masked_fill(Chosen(x, Rate), 0);
}

/// <summary>A share of the values is set to the lowest or the highest of the batch, either with the same probability.</summary>
public sealed record SaltAndPepperNoise : Corruption
{
    /// <summary>Share of the values, 0 to 1. Default 0.25.</summary>
    public double Rate { get; init => field = Share(value); } = 0.25;

    internal override Tensor Apply(Tensor x) => where(Chosen(x, Rate), where(Chosen(x, 0.5), x.amin([0]), x.amax([0])), x);
}
