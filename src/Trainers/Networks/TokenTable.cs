using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A vector for each token of a vocabulary.</summary>
sealed class TokenTable : nn.Module<Tensor, Tensor>
{
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight;

    /// <param name="vocabulary">Tokens.</param>
    /// <param name="size">Values of a vector.</param>
    /// <param name="random">Where the vectors come from: of deviation <c>1 / sqrt(size)</c>.</param>
    internal TokenTable(int vocabulary, int size, SeededRandom random) : base(nameof(TokenTable))
    {
        weight = new Parameter(random.Uniform([vocabulary, size], Math.Sqrt(3.0 / size)));
        weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    internal static long CountValues(long vocabulary, long size) => checked(vocabulary * size);

    /// <summary>[vocabulary, size]</summary>
    internal Tensor Weight => weight;

    /// <param name="tokens">Int64, any shape.</param>
    /// <returns>[tokens, size]</returns>
    public override Tensor forward(Tensor tokens) => weight.index_select(0, tokens.reshape(-1));

    /// <summary>The same in ONNX.</summary>
    /// <param name="tokens">Int64, any shape.</param>
    /// <returns>[..., size]</returns>
    public OnnxTensor forward(OnnxTensor tokens) => tokens.Graph.Weight(weight).index_select(0, tokens);
}
