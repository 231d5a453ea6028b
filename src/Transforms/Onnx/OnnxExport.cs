using Extensions.ML;
using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Microsoft.ML;

/// <summary>Writes trained networks in the ONNX format (https://onnx.ai), for programs without .NET or TorchSharp.</summary>
public static class OnnxExport
{
    /// <summary>Writes a trained network, with the scaling of its input, as an ONNX model: operator set 20, any number of rows, single precision.</summary>
    /// <remarks>
    /// Inputs and outputs bear the names of the columns; an output that has its input's name is <c>NAME.output</c>. The first dimension of all of
    /// them is the rows. Vectors are [rows, size], everything else is [rows, 1]; a Boolean is BOOL where it comes out. The columns, with the names
    /// of their slots, stand in the model's metadata. Columns that a graph of operators cannot give are left out: contributions of slots, which
    /// need gradients, and what is drawn at random.
    /// </remarks>
    /// <param name="transformer">One of this library's transformers that hold a network. Of a chain, give the transformer within.</param>
    /// <param name="stream">Where to write; need not seek. Left open.</param>
    /// <param name="part">What of the model is written. Default <see cref="OnnxPart.Transform"/>.</param>
    /// <exception cref="NotSupportedException">It holds no network that can be exported, has no such part, or is larger than the 2 GB that the format
    /// holds; the message says which.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public static void SaveAsOnnx(this ITransformer transformer, Stream stream, OnnxPart part = OnnxPart.Transform)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Export(transformer, part, file => file.Write(stream));
    }

    /// <summary>Writes a trained network to a file: see <see cref="SaveAsOnnx(ITransformer, Stream, OnnxPart)"/>.</summary>
    /// <param name="transformer">As there.</param>
    /// <param name="path">The file, usually <c>NAME.onnx</c>; one that is there is replaced.</param>
    /// <param name="part">As there.</param>
    /// <inheritdoc cref="SaveAsOnnx(ITransformer, Stream, OnnxPart)"/>
    public static void SaveAsOnnx(this ITransformer transformer, string path, OnnxPart part = OnnxPart.Transform)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Export(transformer, part, file =>
        {
            using var stream = File.Create(path);
            file.Write(stream);
        });
    }

    static void Export(ITransformer transformer, OnnxPart part, Action<OnnxFile> write)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        if (!Enum.IsDefined(part)) throw new ArgumentOutOfRangeException(nameof(part), part, "Unknown part.");
        if (transformer is not IOnnxSource source)
            throw new NotSupportedException(transformer is IEnumerable<ITransformer>
                ? $"A {transformer.GetType().Name} holds several transformers. Export the one with the network, such as its LastTransformer."
                : $"A {transformer.GetType().Name} cannot be exported to ONNX here.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var graph = new OnnxGraph();
        source.Export(graph, part);
        write(new OnnxFile(graph));
    }
}
