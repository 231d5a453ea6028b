using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>A kind of autoregressive network with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MaskedAutoregressiveNetwork), "masked")]
[JsonDerivedType(typeof(GatedPixelCnn), "gated-pixel-cnn")]
public abstract record AutoregressiveDesign
{
    private protected AutoregressiveDesign()
    {
    }

    /// <summary>Whether the rows must lie from 0 to 1.</summary>
    [JsonIgnore]
    internal virtual bool NeedsUnitRange => false;

    /// <summary>The network with its first weights.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract AutoregressiveModule Create(AutoregressiveArchitecture architecture, int seed);

    /// <summary>Values in all parameters and buffers, told without building the network.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues(AutoregressiveArchitecture architecture);
}
