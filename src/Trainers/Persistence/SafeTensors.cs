using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The public safetensors format: 8 bytes little-endian header length, a JSON header with the type, shape and place of each tensor, then the
/// tensors' bytes. Nothing in it can be executed. Types: F64, F32, F16, BF16, I64, I32, U8, BOOL.
/// </summary>
public static class SafeTensors
{
    /// <summary>Writes tensors in the order given. They are copied to the CPU one at a time where they are not there.</summary>
    /// <param name="stream">Where to write; need not seek.</param>
    /// <param name="tensors">Names, each once, and tensors.</param>
    /// <param name="metadata">Free text kept in the header.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, or a type is not supported.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
        => throw new NotImplementedException();

    /// <summary>Writes the parameters and buffers of a module under their names.</summary>
    /// <param name="stream">Where to write; need not seek.</param>
    /// <param name="module">The module.</param>
    /// <param name="metadata">Free text kept in the header.</param>
    public static void Write(Stream stream, nn.Module module, IReadOnlyDictionary<string, string>? metadata = null)
        => throw new NotImplementedException();

    /// <summary>Reads all tensors. Nothing in the file is trusted: every size, type, shape and place is checked before memory is asked for.</summary>
    /// <param name="stream">Where to read from, at the first byte; need not seek.</param>
    /// <param name="maxBytes">Bytes of tensors to accept at most. Default 16 GB.</param>
    /// <returns>The tensors, on the CPU; the caller disposes them.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or not in the format.</exception>
    public static TensorFile Read(Stream stream, long maxBytes = 16L << 30) => throw new NotImplementedException();

    /// <summary>Reads the tensors of a module into it. Names, types and shapes must be exactly the module's; no memory beyond it is used.</summary>
    /// <param name="stream">Where to read from, at the first byte; need not seek.</param>
    /// <param name="module">The module; unchanged where the header does not fit.</param>
    /// <returns>The file's metadata.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, not in the format, or of another network.</exception>
    public static IReadOnlyDictionary<string, string> Load(Stream stream, nn.Module module) => throw new NotImplementedException();
}

/// <summary>What <see cref="SafeTensors.Read"/> found.</summary>
/// <param name="tensors">The tensors by name.</param>
/// <param name="metadata">The header's free text.</param>
public sealed class TensorFile(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata) : IDisposable
{
    /// <summary>The tensors by name, on the CPU.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; } = tensors;

    /// <summary>The header's free text; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata;

    /// <summary>Frees all tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}
