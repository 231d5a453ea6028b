using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Normalises each channel by its mean and variance, then scales and shifts it (Ioffe and Szegedy, "Batch Normalization", ICML 2015,
/// algorithms 1 and 2): in training by those of the batch, afterwards by their running means. It computes in the type of its weights.
/// </summary>
sealed class BatchNormalization : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    const double Momentum = 0.1;

    // TorchSharp finds parameters and buffers by field and replaces them when the module moves to a device.
    Parameter weight;
    Parameter bias;
    Tensor running_mean;
    Tensor running_var;

    /// <param name="channels">At least 1.</param>
    internal BatchNormalization(long channels) : base(nameof(BatchNormalization))
    {
        weight = new Parameter(ones(channels, dtype: ScalarType.Float32));
        bias = new Parameter(zeros(channels, dtype: ScalarType.Float32));
        running_mean = zeros(channels, dtype: ScalarType.Float32);
        running_var = ones(channels, dtype: ScalarType.Float32);
        foreach (var tensor in new[] { weight, bias, running_mean, running_var }) tensor.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Whether training moves the running means towards those of its batches. Default yes.</summary>
    internal bool Remembers { get; set; } = true;

    /// <param name="x">[rows, channels, height, width]</param>
    /// <returns>[rows, channels, height, width]</returns>
    public override Tensor forward(Tensor x)
    {
        // One value has no variance: a last batch of one row over one pixel is normalised as in scoring.
        bool alone = x.numel() == x.shape[1];
        return nn.functional.batch_norm(x.to(weight.dtype), running_mean, running_var, weight, bias, training && !alone, Remembers ? Momentum : 0)
            .to(x.dtype);
    }

    public OnnxTensor forward(OnnxTensor x) => x.Graph.Node("BatchNormalization", x.Type,
        [x, x.Graph.Weight(weight), x.Graph.Weight(bias), x.Graph.Weight(running_mean), x.Graph.Weight(running_var)]);
}
