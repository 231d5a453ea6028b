using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a normalizing flow over rows of numbers is made of.</summary>
public sealed record FlowArchitecture : GeneratorArchitecture
{
    /// <summary>The flow.</summary>
    public required FlowDesign Flow { get; init; }

    internal override nn.Module Create(int seed)
    {
        CheckNumeric();
        return new FlowNetwork(Flow, InputSize, Classes, seed);
    }

    internal override long CountValues()
    {
        CheckNumeric();
        return Flow.CountValues(InputSize, Classes);
    }

    internal override GenerativeModel Bind(nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device) =>
        new FlowModel(this, (FlowNetwork)network, scaler, history, device);

    void CheckNumeric()
    {
        if (Layout.Groups.FirstOrDefault(group => group.Kind != SlotKind.Numeric) is { } group)
            throw new ArgumentException($"A normalizing flow has a density of numbers; {group} is not numeric. "
                + "An autoregressive network or a density on an autoencoder's codes takes tables with categories.");
    }
}
