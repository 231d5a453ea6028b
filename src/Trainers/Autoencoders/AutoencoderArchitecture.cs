using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>What an autoencoder is made of: all that is needed, besides the weights, to build it again.</summary>
public sealed record AutoencoderArchitecture
{
    /// <summary>Values in a row, at least 1.</summary>
    public required int InputSize { get; init => field = AtLeast(value, 1); }

    /// <summary>Values in the code, at least 1.</summary>
    public required int CodeSize { get; init => field = AtLeast(value, 1); }

    /// <summary>The kind of network.</summary>
    public required NetworkDesign Network { get; init; }

    /// <summary>After every hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>After the last layer of the decoder.</summary>
    public Activation OutputActivation { get; init; } = Activation.Identity;

    /// <summary>What judges the reconstruction of numbers.</summary>
    public ReconstructionLoss Loss { get; init; } = ReconstructionLoss.MeanSquaredError;

    /// <summary>The slots that are not numbers, in groups; <see langword="null"/> (the default) where all are numbers.</summary>
    public IReadOnlyList<SlotGroup>? Slots { get; init; }

    /// <summary>What the slots are; <see langword="null"/> where all are numbers.</summary>
    /// <exception cref="ArgumentException">The groups do not fit the row.</exception>
    [JsonIgnore]
    internal SlotLayout? Layout => Slots is null ? null : field ??= new SlotLayout(InputSize, Slots);

    /// <summary>Values that the network sees of a row.</summary>
    [JsonIgnore]
    internal int NetworkSize => Layout?.NetworkSize ?? InputSize;

    /// <summary>The shape of the images that a row holds; <see langword="null"/> where the network sees none.</summary>
    [JsonIgnore]
    internal ImageShape? Image => Network.Image(NetworkSize);

    /// <summary>What training minimises, and what the errors are measured in.</summary>
    [JsonIgnore]
    internal RowLoss RowLoss => new(Loss, Layout);

    /// <summary>The network with its first weights.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal AutoencoderNetwork Create(int seed) => Network.Create(this, seed);
}
