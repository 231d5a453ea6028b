using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Trains the layers of a deep network one after the other: each, with the layer of the decoder that undoes it, as an autoencoder of what
/// the layers before it give (Bengio et al., "Greedy Layer-Wise Training of Deep Networks", NIPS 2007; with corruption: Vincent et al. 2010,
/// section 3.4).
/// </summary>
static class LayerwisePretraining
{
    /// <exception cref="ArgumentException">The network is not a dense one.</exception>
    public static void Run(AutoencoderNetwork network, RowLoss loss, IBatchSource data, TrainingOptions options,
        AutoencoderRegularization regularization, CancellationToken cancellation)
    {
        if (network is not DenseAutoencoder dense)
            throw new ArgumentException("Layers can be pretrained in a dense network only; set PretrainingEpochs to 0, or Network to a DenseNetwork.");
        network.to(TorchEngine.Device(options.Device));
        for (int layer = 0; layer < dense.Depth; layer++)
        {
            // Not disposed: that would dispose the layers.
            var pair = nn.Sequential(dense.Down(layer), dense.Up(layer));
            var ofLayer = options with
            {
                Epochs = regularization.PretrainingEpochs,
                Patience = null,
                CheckpointFolder = options.CheckpointFolder is { } folder ? Path.Combine(folder, $"layer{layer}") : null,
                Objective = regularization.Describe(),
                Log = line => options.Log?.Invoke($"layer {layer + 1} of {dense.Depth}: {line}"),
            };
            TrainingLoop.Run(pair, batch => Loss(pair, batch[0], layer), data, null, ofLayer, cancellation);
        }

        Tensor Loss(nn.Module<Tensor, Tensor> pair, Tensor rows, int layer)
        {
            var target = loss.Expand(rows);
            using (no_grad())
            {
                for (int i = 0; i < layer; i++) target = dense.Down(i).forward(target);
            }
            var input = regularization.Corruption?.Apply(target) ?? target;
            var output = pair.forward(input);
            // Inner layers rebuild activations, which are no probabilities.
            return layer == 0 ? loss.Mean(output, target) : ReconstructionLoss.MeanSquaredError.Mean(output, target);
        }
    }
}
