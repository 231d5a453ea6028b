using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>Data that is ready, and how to train on it.</summary>
/// <param name="Data">The rows.</param>
/// <param name="Options">How to train.</param>
/// <param name="Regularization">What is asked of a network besides its reconstruction.</param>
/// <param name="Width">Slots of a row.</param>
/// <param name="SlotNames">Their names, where they have some.</param>
/// <param name="Architecture">What a network of a code size is made of; its second argument is the hidden layers of a dense one that names none.</param>
/// <param name="Cancellation">Stops the work.</param>
sealed record AutoencoderJob(TrainingData Data, TrainingOptions Options, AutoencoderRegularization Regularization, int Width, string[]? SlotNames,
    Func<int, int[], AutoencoderArchitecture> Architecture, CancellationToken Cancellation)
{
    /// <summary>Trains one network and makes a component's transformer of it, which owns it from then on.</summary>
    /// <param name="codeSize">Values in the code.</param>
    /// <param name="hiddenSizes">Hidden layers of a dense network that names none.</param>
    /// <param name="finish">Makes the transformer.</param>
    public TResult TrainOne<TResult>(int codeSize, int[] hiddenSizes, Func<AutoencoderModel, TResult> finish) =>
        AutoencoderModel.Train(Architecture(codeSize, hiddenSizes), Data, Options, Regularization, Cancellation).HandOver(finish);
}
