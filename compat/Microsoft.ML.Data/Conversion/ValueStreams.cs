using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.Data.Conversion;

/// <summary>Values of fixed size (of every standard type but text) in model files, as their bytes.</summary>
static class ValueStreams
{
    public static void Write<T>(BinaryWriter writer, T value) => writer.Write(Bytes(ref value));

    public static T Read<T>(BinaryReader reader)
    {
        T value = default;
        reader.BaseStream.ReadExactly(Bytes(ref value));
        return value;
    }

    static Span<byte> Bytes<T>(ref T value) => RuntimeHelpers.IsReferenceOrContainsReferences<T>()
        ? throw new NotSupportedException(typeof(T).FullName)
        : MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref value), Unsafe.SizeOf<T>());
}
