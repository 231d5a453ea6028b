using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>An invertible step between rows and latent vectors of the same size.</summary>
abstract class FlowStep(string name) : nn.Module(name)
{
    /// <summary>Towards the latent vectors.</summary>
    /// <param name="x">[rows, size]</param>
    /// <param name="condition">[rows, condition size], or <see langword="null"/>.</param>
    /// <returns>[rows, size], and the logarithm of the Jacobian's absolute determinant, [rows] or a scalar.</returns>
    internal abstract (Tensor Latents, Tensor LogDeterminant) Normalize(Tensor x, Tensor? condition);

    /// <summary>Towards the rows: the exact inverse of <see cref="Normalize(Tensor, Tensor?)"/>.</summary>
    /// <param name="z">[rows, size]</param>
    /// <param name="condition">As for <see cref="Normalize(Tensor, Tensor?)"/>.</param>
    /// <returns>[rows, size]</returns>
    internal abstract Tensor Generate(Tensor z, Tensor? condition);

    /// <summary>Towards the latent vectors, in ONNX.</summary>
    /// <exception cref="NotSupportedException">The step cannot be exported.</exception>
    internal abstract OnnxTensor Normalize(OnnxTensor x, OnnxTensor? condition);

    /// <summary>Towards the rows, in ONNX.</summary>
    /// <exception cref="NotSupportedException">The step cannot be exported.</exception>
    internal abstract OnnxTensor Generate(OnnxTensor z, OnnxTensor? condition);
}
