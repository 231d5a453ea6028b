using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Trains autoencoders that see the same rows and have the same loss, all of them on the same batches and each for itself.</summary>
static class AutoencoderTraining
{
    /// <param name="module">The module that the networks are the parts of; one network is its own.</param>
    /// <param name="networks">The networks.</param>
    /// <param name="loss">Judges their reconstructions.</param>
    /// <param name="data">The rows.</param>
    /// <param name="options">How to train.</param>
    /// <param name="regularization">What is asked of the networks besides their reconstruction.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <returns>Its losses are the mean over the networks.</returns>
    public static TrainingHistory Run(nn.Module module, IReadOnlyList<AutoencoderNetwork> networks, RowLoss loss, TrainingData data,
        TrainingOptions options, AutoencoderRegularization regularization, CancellationToken cancellation)
    {
        if (regularization.PretrainingEpochs > 0)
        {
            for (int i = 0; i < networks.Count; i++)
            {
                var folder = networks.Count == 1 || options.CheckpointFolder is null ? options.CheckpointFolder
                    : Path.Combine(options.CheckpointFolder, $"network{i}");
                LayerwisePretraining.Run(networks[i], loss, data.Training, options with { CheckpointFolder = folder }, regularization, cancellation);
            }
        }
        var objectives = networks.Select(network => Reconstruction.Objective(network, loss, options.Precision, regularization)).ToArray();
        return TrainingLoop.Run(module, batch => Mean(objectives, batch), data.Training, data.Validation,
            options with { Objective = regularization.Describe() }, cancellation);
    }

    // The value is the mean; the gradient is the sum's, so that each network moves as if it were alone, whatever the optimiser.
    static Tensor Mean(Func<Batch, Tensor>[] objectives, Batch batch)
    {
        var sum = objectives[0](batch);
        if (objectives.Length == 1) return sum;
        foreach (var objective in objectives.AsSpan(1)) sum = sum + objective(batch);
        return sum - sum.detach() * (1 - 1.0 / objectives.Length);
    }
}
