using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a fully connected layer computes: <c>activation(x Matrix + Bias)</c>.</summary>
interface IAffineLayer
{
    /// <summary>[values in, values out]</summary>
    Tensor Matrix { get; }

    /// <summary>[values out]</summary>
    Tensor Bias { get; }

    Activation Activation { get; }
}

/// <summary>
/// A fully connected layer with its activation: <c>activation(x Wᵀ + b)</c>. It computes in the type of its input and keeps its weights in
/// their own, so that a bfloat16 input trains float32 weights. Its weights come from a seed, never from the global generator.
/// </summary>
sealed class DenseLayer : nn.Module<Tensor, Tensor>, IAffineLayer, IOnnxLayer
{
    readonly Activation activation;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight;
    Parameter bias;

    /// <param name="inputSize">Values in, at least 1.</param>
    /// <param name="outputSize">Values out, at least 1.</param>
    /// <param name="activation">What follows the linear map.</param>
    /// <param name="random">Where weights and bias come from: uniform within plus or minus <c>1 / sqrt(inputSize)</c>
    /// (after LeCun et al. 1998, section 4.6).</param>
    internal DenseLayer(int inputSize, int outputSize, Activation activation, SeededRandom random) : base(nameof(DenseLayer))
    {
        this.activation = activation;
        (InputSize, OutputSize) = (inputSize, outputSize);
        double bound = 1 / Math.Sqrt(inputSize);
        weight = new Parameter(random.Uniform([outputSize, inputSize], bound));
        bias = new Parameter(random.Uniform([outputSize], bound));
        // The layer owns them: a dispose scope that happens to be open while it is built must not.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    /// <summary>[outputSize, inputSize]</summary>
    internal Tensor Weight => weight;

    /// <summary>The layer as one that tells tokens.</summary>
    internal OutputLayer AsOutput() => new(weight, bias);

    /// <summary>Draws the weights of all such layers in a module anew: uniform within plus or minus <c>sqrt(6 / (values in + values out))</c>
    /// (Glorot and Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks", AISTATS 2010, equation 16), biases 0.
    /// </summary>
    internal static void StartGlorot(nn.Module module, SeededRandom random)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var layer in module.modules().OfType<DenseLayer>())
        {
            layer.weight.copy_(random.Uniform(layer.weight.shape, Math.Sqrt(6.0 / (layer.InputSize + layer.OutputSize))));
            layer.bias.zero_();
        }
    }

    Tensor IAffineLayer.Matrix => weight.t();
    Tensor IAffineLayer.Bias => bias;
    Activation IAffineLayer.Activation => activation;

    /// <param name="x">[..., inputSize]</param>
    /// <returns>[..., outputSize]</returns>
    public override Tensor forward(Tensor x)
    {
        var type = x.dtype;
        return activation.ApplyTo(weight.dtype == type
            ? nn.functional.linear(x, weight, bias)
            : nn.functional.linear(x, weight.to(type), bias.to(type)));
    }

    public OnnxTensor forward(OnnxTensor x) => activation.Apply(x.linear(weight, bias));
}

/// <summary>A layer that runs another one backwards: <c>activation(x W + b)</c> with the other's weights and its own bias.</summary>
sealed class TiedLayer : nn.Module<Tensor, Tensor>, IAffineLayer, IOnnxLayer
{
    readonly Activation activation;
    // Behind a delegate, for TorchSharp would register the layer as a part of this one.
    readonly Func<Tensor> mirrored;
    Parameter bias;

    /// <param name="layer">The layer whose weights are used.</param>
    /// <param name="activation">What follows the linear map.</param>
    /// <param name="random">Where the bias comes from, as for <see cref="DenseLayer"/>.</param>
    internal TiedLayer(DenseLayer layer, Activation activation, SeededRandom random) : base(nameof(TiedLayer))
    {
        this.activation = activation;
        mirrored = () => layer.Weight;
        bias = new Parameter(random.Uniform([layer.InputSize], 1 / Math.Sqrt(layer.OutputSize)));
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    Tensor IAffineLayer.Matrix => mirrored();
    Tensor IAffineLayer.Bias => bias;
    Activation IAffineLayer.Activation => activation;

    /// <param name="x">[rows, output size of the other layer]</param>
    /// <returns>[rows, input size of the other layer]</returns>
    public override Tensor forward(Tensor x)
    {
        var type = x.dtype;
        return activation.ApplyTo(nn.functional.linear(x, mirrored().to(type).t(), bias.to(type)));
    }

    public OnnxTensor forward(OnnxTensor x) => activation.Apply(x.matmul(mirrored()) + bias);
}
