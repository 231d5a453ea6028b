using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A layer that tells ONNX what it computes.</summary>
interface IOnnxLayer
{
    /// <param name="x">As for the layer's <c>forward</c>.</param>
    /// <returns>What <c>forward</c> gives in scoring.</returns>
    OnnxTensor forward(OnnxTensor x);
}

/// <summary>Layers of TorchSharp's own among those of the networks here.</summary>
static class OnnxLayers
{
    /// <exception cref="NotSupportedException">A layer cannot be exported.</exception>
    public static OnnxTensor forward(this nn.Module module, OnnxTensor x) => module switch
    {
        IOnnxLayer layer => layer.forward(x),
        Sequential layers => layers.children().Aggregate(x, (x, layer) => layer.forward(x)),
        ReLU => x.relu(),
        _ => throw new NotSupportedException($"A layer {module.GetName()} has no counterpart in ONNX here."),
    };
}
