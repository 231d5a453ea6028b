using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What <c>model.json</c> says of a classifier.</summary>
sealed record ClassifierDescription(string FeatureColumnName, ClassifierArchitecture Architecture, FeatureScaling Scaling, KeyNames? Labels,
    TrainingHistory History)
{
    public static ClassifierDescription Of(ClassifierModel model, string featureColumnName, KeyNames? labels) =>
        new(featureColumnName, model.Architecture, model.Scaler.Mode, labels, model.History);

    /// <summary>Reads the weights to the description, for scoring where the context says.</summary>
    /// <param name="env">The context.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="binary">Whether the model must be one of two classes with one score.</param>
    /// <exception cref="InvalidDataException">The weights are damaged, or do not fit the description.</exception>
    public ClassifierModel Load(IHostEnvironment env, Stream weights, bool binary)
    {
        if (binary != (Architecture.Outputs == 1))
            throw new InvalidDataException($"The model has {Architecture.Outputs} outputs; {(binary ? "1 is" : "at least 2 are")} expected.");
        if (Labels != null && Labels.Values.Length != Architecture.Outputs)
            throw new InvalidDataException($"The model names {Labels.Values.Length} labels; its network has {Architecture.Outputs} outputs.");
        return ClassifierModel.Load(weights, Architecture, Scaling, History, HostDevice.ForLoading(env, nameof(ClassifierModel)));
    }
}
