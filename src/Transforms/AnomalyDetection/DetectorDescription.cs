using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What <c>model.json</c> says of a detector.</summary>
sealed record DetectorDescription(DetectorArchitecture Architecture, FeatureScaling Scaling, string[]? SlotNames, TrainingHistory History)
{
    public static DetectorDescription Of(AnomalyDetectorModel model, string[]? slotNames) =>
        new(model.Architecture, model.Scaler.Mode, slotNames, model.History);

    /// <summary>Reads the weights to the description, for scoring where the context says.</summary>
    /// <exception cref="InvalidDataException">The weights are damaged, or do not fit the description.</exception>
    public AnomalyDetectorModel Load(IHostEnvironment env, Stream weights)
    {
        if (SlotNames != null && Architecture.Members.Any(member => member.InputSize != SlotNames.Length))
            throw new InvalidDataException($"The model names {SlotNames.Length} slots; its networks have others.");
        return AnomalyDetectorModel.Load(weights, Architecture, Scaling, History, HostDevice.ForLoading(env, nameof(AnomalyDetectorModel)));
    }
}
