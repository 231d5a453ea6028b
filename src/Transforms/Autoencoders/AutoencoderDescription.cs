using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What <c>model.json</c> says of an autoencoder.</summary>
sealed record AutoencoderDescription(AutoencoderArchitecture Architecture, FeatureScaling Scaling, string[]? SlotNames, TrainingHistory History)
{
    public static AutoencoderDescription Of(AutoencoderModel model, string[]? slotNames) =>
        new(model.Architecture, model.Scaler.Mode, slotNames, model.History);

    /// <summary>Reads the weights to the description, for scoring where the context says.</summary>
    /// <exception cref="InvalidDataException">The weights are damaged, or do not fit the description.</exception>
    public AutoencoderModel Load(IHostEnvironment env, Stream weights)
    {
        if (SlotNames != null && SlotNames.Length != Architecture.InputSize)
            throw new InvalidDataException($"The model names {SlotNames.Length} slots; its network has {Architecture.InputSize}.");
        return AutoencoderModel.Load(weights, Architecture, Scaling, History, HostDevice.ForLoading(env, nameof(AutoencoderModel)));
    }
}
