using System.Buffers.Binary;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The public safetensors format: 8 bytes little-endian header length, a JSON header with the type, shape and place of each tensor, then
/// the tensors' bytes. Nothing in it can be executed. Types: F64, F32, F16, BF16, I64, I32, U8, BOOL.
/// </summary>
public static class SafeTensors
{
    const int Slice = 1 << 20;

    /// <summary>Bytes that are taken on the word of a stream that does not tell its length.</summary>
    const long Trusted = 16 << 20;

    /// <summary>Writes tensors in the order given. They are copied to the CPU one at a time where they are not there.</summary>
    /// <param name="stream">Where to write; need not seek.</param>
    /// <param name="tensors">Names, each once, and tensors.</param>
    /// <param name="metadata">Free text kept in the header.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is reserved, or a type is not supported.</exception>
    public static void Write(Stream stream, IEnumerable<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        var list = tensors.ToList();
        byte[] header = TensorHeader.Write(list, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in list) NativeBytes.WriteTo(stream, tensor);
    }

    /// <summary>Reads all tensors. Nothing in the file is trusted: every size, type, shape and place is checked before memory is asked
    /// for. A header may have 32 MiB and 100,000 tensors. Of a stream that cannot seek, and so does not tell its length, tensors grow as they are
    /// read: never to more than twice what came, and 16 MiB.</summary>
    /// <param name="stream">Where to read from, at the first byte; need not seek. It is left behind the last tensor.</param>
    /// <param name="maxBytes">Bytes of tensors to accept at most. Default 16 GB.</param>
    /// <returns>The tensors, on the CPU; the caller disposes them.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or not in the format.</exception>
    public static TensorFile Read(Stream stream, long maxBytes = 16L << 30)
    {
        var (entries, metadata) = ReadHeader(stream);
        long total = entries.Count > 0 ? entries[^1].End : 0;
        TensorHeader.Require(total <= maxBytes, $"it claims {total} bytes of tensors; at most {maxBytes} are accepted");
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var entry in entries)
            {
                tensors.Add(entry.Name, stream.CanSeek ? ReadTensor(stream, entry) : ReadClaim(stream, entry));
            }
            return new TensorFile(tensors, metadata);
        }
        catch
        {
            foreach (var tensor in tensors.Values) tensor.Dispose();
            throw;
        }
    }

    /// <summary>Throws where tensors are not exactly those that a module has.</summary>
    /// <exception cref="InvalidDataException">A name is missing or unknown, or a type or shape differs.</exception>
    internal static void CheckFits(IReadOnlyDictionary<string, Tensor> expected,
        IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> found)
    {
        var names = found.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        if (expected.Keys.FirstOrDefault(name => !names.Contains(name)) is { } missing)
            throw new InvalidDataException($"The tensor file is of another network: it lacks the tensor '{missing}'.");
        foreach (var (name, type, shape) in found)
        {
            if (!expected.TryGetValue(name, out var tensor))
                throw new InvalidDataException($"The tensor file is of another network: its tensor '{name}' is not expected.");
            if (tensor.dtype != type || !tensor.shape.AsSpan().SequenceEqual(shape))
                throw new InvalidDataException(
                    $"The tensor file is of another network: its tensor '{name}' is {type} [{string.Join(", ", shape)}], "
                    + $"expected is {tensor.dtype} [{string.Join(", ", tensor.shape)}].");
        }
    }

    static (List<TensorEntry> Entries, Dictionary<string, string> Metadata) ReadHeader(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> prefix = stackalloc byte[8];
        TensorHeader.Require(stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) == 8, "it ends within the header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        TensorHeader.Require(length is >= 2 and <= (ulong)TensorHeader.MaxLength, $"it claims a header of {length} bytes");
        // Read as it comes: a false length must not reserve memory that the file does not fill.
        using var header = new MemoryStream();
        var part = new byte[(int)Math.Min(length, Slice)];
        for (long left = (long)length; left > 0;)
        {
            int got = stream.Read(part, 0, (int)Math.Min(left, part.Length));
            TensorHeader.Require(got > 0, "it ends within its header");
            header.Write(part, 0, got);
            left -= got;
        }
        var result = TensorHeader.Read(header.GetBuffer().AsMemory(0, (int)header.Length));
        if (stream.CanSeek && result.Entries.Count > 0)
            TensorHeader.Require(result.Entries[^1].End <= stream.Length - stream.Position, "it ends before its last tensor");
        return result;
    }

    /// <summary>A tensor whose bytes are known to be there.</summary>
    static Tensor ReadTensor(Stream stream, TensorEntry entry) => empty(entry.Shape, dtype: entry.Type, device: CPU).HandOver(tensor =>
    {
        ReadData(stream, tensor, entry.Name);
        return tensor.DetachFromDisposeScope();
    });

    /// <summary>A tensor whose bytes may not be there.</summary>
    static Tensor ReadClaim(Stream stream, TensorEntry entry)
    {
        long bytes = entry.End - entry.Begin;
        if (bytes <= Trusted) return ReadTensor(stream, entry);
        using var scope = NewDisposeScope();
        long size = bytes / entry.Shape.Aggregate((a, b) => a * b), values = bytes / size, read = 0;
        var all = empty([Trusted / size], dtype: entry.Type, device: CPU);
        while (true)
        {
            ReadData(stream, all.narrow(0, read, all.shape[0] - read), entry.Name);
            read = all.shape[0];
            if (read == values) return all.view(entry.Shape).DetachFromDisposeScope();
            var larger = empty([Math.Min(2 * read, values)], dtype: entry.Type, device: CPU);
            larger.narrow(0, 0, read).copy_(all);
            all.Dispose();
            all = larger;
        }
    }

    static unsafe void ReadData(Stream stream, Tensor tensor, string name)
    {
        long left = NativeBytes.Length(tensor);
        if (left == 0) return;
        for (byte* at = NativeBytes.Address(tensor); left > 0;)
        {
            int got = stream.Read(new Span<byte>(at, (int)Math.Min(left, Slice)));
            TensorHeader.Require(got > 0, $"it ends within the tensor '{name}'");
            at += got;
            left -= got;
        }
        if (tensor.dtype == ScalarType.Bool) CheckBooleans(tensor, name);
    }

    /// <summary>Any other byte than 0 and 1 in a boolean tensor is undefined behaviour in native code.</summary>
    static unsafe void CheckBooleans(Tensor tensor, string name)
    {
        byte* start = NativeBytes.Address(tensor);
        for (long i = 0; i < tensor.numel(); i++)
            TensorHeader.Require(start[i] <= 1, $"the tensor '{name}' holds {start[i]} where 0 or 1 is expected");
    }
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
