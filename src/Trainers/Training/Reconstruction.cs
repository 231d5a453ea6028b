using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The objective of autoencoders.</summary>
public static class Reconstruction
{
    /// <summary>The mean loss between a network's output and its own input; in training also what a regularization asks for.</summary>
    /// <param name="network">The autoencoder: [rows, width] to [rows, width].</param>
    /// <param name="loss">The loss.</param>
    /// <param name="precision">Number format of the layers; the loss is always computed in float32.</param>
    /// <param name="regularization">Corruption of the input and penalty on the code. Validation rows are judged without them.</param>
    /// <returns>An objective for <see cref="TrainingLoop.Run"/> over batches whose first tensor is the rows.</returns>
    public static Func<Batch, Tensor> Objective(AutoencoderNetwork network, RowLoss loss,
        Precision precision = Precision.Float32, AutoencoderRegularization? regularization = null) => batch =>
    {
        var target = loss.Expand(batch[0]);
        var input = network.training && regularization?.Corruption is { } corruption ? corruption.Apply(target) : target;
        if (precision == Precision.BFloat16) input = input.to(ScalarType.BFloat16);
        return network.TrainingLoss(input, target, loss, network.training ? regularization?.Penalty : null);
    };
}
