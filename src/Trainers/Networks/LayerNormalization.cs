using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Brings every token to mean 0 and variance 1, then scales and shifts it (Ba et al., "Layer Normalization", 2016).</summary>
sealed class LayerNormalization : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight, bias;

    /// <param name="size">Values in a token.</param>
    internal LayerNormalization(int size) : base(nameof(LayerNormalization))
    {
        weight = new Parameter(ones(size, dtype: ScalarType.Float32));
        bias = new Parameter(zeros(size, dtype: ScalarType.Float32));
        // The module owns them: a dispose scope that happens to be open while it is built must not.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    internal static long CountValues(long size) => 2 * size;

    /// <param name="x">[..., size]</param>
    /// <returns>[..., size]</returns>
    public override Tensor forward(Tensor x) => nn.functional.layer_norm(x, weight.shape, weight.to(x.dtype), bias.to(x.dtype));

    public OnnxTensor forward(OnnxTensor x) => x.Graph.Node("LayerNormalization", x.Type, [x, x.Graph.Weight(weight), x.Graph.Weight(bias)]);
}
