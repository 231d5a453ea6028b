using System;
using System.IO;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp;

// A tensor in a stream: type, number of dimensions and lengths as variable-length integers, then the numbers.
public static partial class TensorExtensionMethods
{
    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        var plain = tensor.is_cpu() ? tensor : tensor.cpu();
        writer.Write7BitEncodedInt64((long)plain.dtype);
        writer.Write7BitEncodedInt64(plain.ndim);
        foreach (var length in plain.shape) writer.Write7BitEncodedInt64(length);
        plain.WriteBytesToStream(writer.BaseStream);
    }

    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false) => Load(ref tensor, reader, skip, true);

    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        Tensor tensor = null;
        Load(ref tensor, reader, skip);
        return tensor;
    }

    public static void Load(ref Tensor tensor, BinaryReader reader, bool skip = false) => Load(ref tensor, reader, skip, false);

    static void Load(ref Tensor tensor, BinaryReader reader, bool skip, bool sameType)
    {
        var type = (ScalarType)reader.Read7BitEncodedInt64();
        if (sameType && type != tensor.dtype)
            throw new ArgumentException("Mismatched tensor data types while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        var shape = new long[reader.Read7BitEncodedInt64()];
        for (var d = 0; d < shape.Length; d++) shape[d] = reader.Read7BitEncodedInt64();
        if (tensor is null) tensor = empty(shape, dtype: type);
        else if (!skip && !shape.SequenceEqual(tensor.shape))
            throw new ArgumentException("Mismatched tensor shape while loading. Make sure that the model you are loading into is exactly the same as the origin.");
        if (skip)
        {
            reader.BaseStream.Seek(shape.TotalSize() * type.ElementSize(), SeekOrigin.Current);
            return;
        }
        using var unrecorded = no_grad();
        if (tensor.is_cpu()) tensor.ReadBytesFromStream(reader.BaseStream);
        else
        {
            using var read = empty(shape, dtype: type);
            read.ReadBytesFromStream(reader.BaseStream);
            tensor.copy_(read);
        }
    }
}
