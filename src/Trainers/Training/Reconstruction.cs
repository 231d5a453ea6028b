using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The objective of autoencoders.</summary>
public static class Reconstruction
{
    /// <summary>The mean loss between a network's output and its own input.</summary>
    /// <param name="network">The autoencoder: [rows, width] to [rows, width].</param>
    /// <param name="loss">The loss.</param>
    /// <param name="precision">Number format of the layers; the loss is always computed in float32.</param>
    /// <returns>An objective for <see cref="TrainingLoop.Run"/> over batches whose first tensor is the rows.</returns>
    public static Func<Batch, Tensor> Objective(nn.Module<Tensor, Tensor> network, ReconstructionLoss loss,
        Precision precision = Precision.Float32)
        => precision == Precision.BFloat16
            ? batch => loss.Mean(network.forward(batch[0].to(ScalarType.BFloat16)).to(ScalarType.Float32), batch[0])
            : batch => loss.Mean(network.forward(batch[0]), batch[0]);
}
