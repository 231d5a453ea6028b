using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a generative network is made of: all that is needed, besides the weights, to build it again. Written to JSON by its
/// <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DiffusionArchitecture), "diffusion")]
[JsonDerivedType(typeof(VariationalArchitecture), "variational")]
[JsonDerivedType(typeof(FlowArchitecture), "flow")]
[JsonDerivedType(typeof(AutoregressiveArchitecture), "autoregressive")]
[JsonDerivedType(typeof(CodeDensityArchitecture), "code-density")]
[JsonDerivedType(typeof(AdversarialArchitecture), "adversarial")]
public abstract record GeneratorArchitecture
{
    private protected GeneratorArchitecture()
    {
    }

    /// <summary>Values in a row, at least 1.</summary>
    public required int InputSize { get; init => field = AtLeast(value, 1); }

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

    /// <summary>The classes of rows as a network takes them.</summary>
    /// <param name="classes">The class of each row, from 0; empty for a network that knows none.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="device">Where they are wanted.</param>
    /// <returns>[rows] Int64; <see langword="null"/> for a network that knows no classes.</returns>
    /// <exception cref="ArgumentException">There are not as many classes as rows, or a class is not one of the network's.</exception>
    internal Tensor? Labels(ReadOnlySpan<int> classes, int rows, Device device)
    {
        if (classes.Length != (Classes == 0 ? 0 : rows))
            throw new ArgumentException($"Got {classes.Length} classes for {rows} rows of a model of {Classes} classes.", nameof(classes));
        foreach (int c in classes)
        {
            if ((uint)c >= (uint)Classes) throw new ArgumentException($"There is no class {c}: the model knows {Classes}, from 0.", nameof(classes));
        }
        return Classes == 0 ? null : tensor(Array.ConvertAll(classes.ToArray(), c => (long)c), device: device);
    }

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
