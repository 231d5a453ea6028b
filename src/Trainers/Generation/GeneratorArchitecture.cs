using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a generative network is made of: all that is needed, besides the weights, to build it again. Written to JSON by its
/// <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(VariationalArchitecture), "variational")]
public abstract record GeneratorArchitecture
{
    private protected GeneratorArchitecture()
    {
    }

    /// <summary>Values in a row, at least 1.</summary>
    public required int InputSize { get; init; }

    /// <summary>The slots that are not numbers, in groups; <see langword="null"/> (the default) where all are numbers.</summary>
    public IReadOnlyList<SlotGroup>? Slots { get; init; }

    /// <summary>For a network that is told the class of a row, the share of each class among the training rows, not negative, summing to 1;
    /// <see langword="null"/> (the default) for one that knows no classes.</summary>
    public IReadOnlyList<double>? ClassShares { get; init; }

    /// <summary>Number of classes; 0 for a network that knows none.</summary>
    [JsonIgnore]
    public int Classes => ClassShares?.Count ?? 0;

    /// <summary>What the slots are.</summary>
    /// <exception cref="ArgumentException">The groups do not fit the row.</exception>
    [JsonIgnore]
    internal SlotLayout Layout => field ??= new SlotLayout(InputSize, Slots);

    /// <summary>Values that the network sees of a row.</summary>
    [JsonIgnore]
    internal int NetworkSize => Layout.NetworkSize;

    /// <summary>The network with its first weights, on the CPU.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract nn.Module Create(int seed);

    /// <summary>Values in all parameters and buffers, told without building the network, so that a file's claim can be checked first.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues();

    /// <summary>The model over a network that <see cref="Create"/> made and that was trained or loaded since.</summary>
    internal abstract GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device);
}
