using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Reads class scores off a code: the code's units are brought to mean 0 and variance 1 of the labelled rows, so that one learning rate suits
/// any encoder; fully connected layers follow.
/// </summary>
sealed class ClassificationHead : nn.Module<Tensor, Tensor>
{
    readonly double _dropout;
    readonly ModuleList<DenseLayer> layers;
    // TorchSharp registers them as buffers, by field: stored with the weights and never trained.
    Tensor offset;
    Tensor scale;

    /// <param name="codeSize">Values in a code.</param>
    /// <param name="hiddenSizes">Widths of the hidden layers.</param>
    /// <param name="outputs">Scores for a row.</param>
    /// <param name="activation">After every hidden layer.</param>
    /// <param name="dropout">Share of each layer's inputs that training sets to 0 (Srivastava et al. 2014).</param>
    /// <param name="seed">Seed of the first weights.</param>
    public ClassificationHead(int codeSize, IReadOnlyList<int> hiddenSizes, int outputs, Activation activation, double dropout, int seed)
        : base(nameof(ClassificationHead))
    {
        _dropout = dropout;
        // Other numbers than those of an encoder with the same seed.
        var random = new SeededRandom(SeededRandom.Hash(seed, 2));
        int[] sizes = [codeSize, .. hiddenSizes, outputs];
        foreach (int size in sizes) ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        layers = nn.ModuleList([.. Enumerable.Range(0, sizes.Length - 1).Select(i => new DenseLayer(
            sizes[i], sizes[i + 1], i + 2 < sizes.Length ? activation : Activation.Identity, random))]);
        offset = zeros(codeSize).DetachFromDisposeScope();
        scale = ones(codeSize).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Sets what the code's units are brought to mean 0 and variance 1 by.</summary>
    /// <param name="mean">[code size]</param>
    /// <param name="deviation">[code size]; units that never change keep their scale.</param>
    public void Standardize(Tensor mean, Tensor deviation)
    {
        using var noGradients = no_grad();
        offset.copy_(mean);
        scale.copy_(where(deviation.gt(1e-6), deviation, ones_like(deviation)).reciprocal());
    }

    /// <param name="code">[rows, code size], of any number format; computed on in the head's own.</param>
    /// <returns>[rows, outputs], float32: logits.</returns>
    public override Tensor forward(Tensor code)
    {
        var x = (code.to(offset.dtype) - offset) * scale;
        foreach (var layer in layers)
            x = layer.forward(_dropout > 0 ? nn.functional.dropout(x, _dropout, training) : x);
        return x;
    }

    /// <summary>The same in ONNX.</summary>
    public OnnxTensor forward(OnnxTensor code) => layers.Aggregate((code - offset) * scale, (x, layer) => layer.forward(x));
}
