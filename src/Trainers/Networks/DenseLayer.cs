using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A fully connected layer with its activation: <c>activation(x Wᵀ + b)</c>. It computes in the type of its input and keeps its weights in
/// their own, so that a bfloat16 input trains float32 weights. Its weights come from a seed, never from the global generator.
/// </summary>
sealed class DenseLayer : nn.Module<Tensor, Tensor>
{
    readonly Activation activation;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight;
    Parameter bias;

    /// <param name="inputSize">Values in, at least 1.</param>
    /// <param name="outputSize">Values out, at least 1.</param>
    /// <param name="activation">What follows the linear map; it also decides how the weights are drawn. The bias starts at 0.</param>
    /// <param name="random">Where the weights come from.</param>
    internal DenseLayer(long inputSize, long outputSize, Activation activation, SeededRandom random) : base(nameof(DenseLayer))
    {
        this.activation = activation;
        var values = random.Uniform([outputSize, inputSize], activation.WeightBound(inputSize, outputSize));
        weight = new Parameter(values);
        bias = new Parameter(zeros([outputSize], dtype: ScalarType.Float32, device: CPU));
        // The layer owns them: a dispose scope that happens to be open while it is built must not.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="x">[rows, inputSize]</param>
    /// <returns>[rows, outputSize]</returns>
    public override Tensor forward(Tensor x)
    {
        var type = x.dtype;
        return activation.Apply(weight.dtype == type
            ? nn.functional.linear(x, weight, bias)
            : nn.functional.linear(x, weight.to(type), bias.to(type)));
    }
}
