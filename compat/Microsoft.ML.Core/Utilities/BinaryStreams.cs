using System;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Internal.Utilities;

/// <summary>Arrays and flags as model files hold them: little-endian, a count of Int32 before the items unless the size is given.</summary>
static class BinaryStreams
{
    public static void WriteBoolByte(this BinaryWriter writer, bool value) => writer.Write((byte)(value ? 1 : 0));

    public static bool ReadBoolByte(this BinaryReader reader)
    {
        var value = reader.ReadByte();
        Contracts.CheckDecode(value <= 1);
        return value != 0;
    }

    public static void WriteIntArray(this BinaryWriter writer, ReadOnlySpan<int> values) => WriteArray(writer, values);
    public static int[] ReadIntArray(this BinaryReader reader) => ReadArray<int>(reader, reader.ReadInt32());
    public static int[] ReadIntArray(this BinaryReader reader, int size) => ReadArray<int>(reader, size);

    public static long[] ReadLongArray(this BinaryReader reader, int size) => ReadArray<long>(reader, size);

    public static void WriteSingleArray(this BinaryWriter writer, ReadOnlySpan<float> values) => WriteArray(writer, values);
    public static void WriteSinglesNoCount(this BinaryWriter writer, ReadOnlySpan<float> values) => WriteItems(writer, values);
    public static float[] ReadSingleArray(this BinaryReader reader) => ReadArray<float>(reader, reader.ReadInt32());
    public static float[] ReadSingleArray(this BinaryReader reader, int size) => ReadArray<float>(reader, size);

    public static void WriteDoubleArray(this BinaryWriter writer, ReadOnlySpan<double> values) => WriteArray(writer, values);
    public static double[] ReadDoubleArray(this BinaryReader reader) => ReadArray<double>(reader, reader.ReadInt32());
    public static double[] ReadDoubleArray(this BinaryReader reader, int size) => ReadArray<double>(reader, size);


    static void WriteArray<T>(BinaryWriter writer, ReadOnlySpan<T> values) where T : unmanaged
    {
        writer.Write(values.Length);
        WriteItems(writer, values);
    }

    static void WriteItems<T>(BinaryWriter writer, ReadOnlySpan<T> values) where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(values));

    /// <summary>An empty array reads as null. The size is checked against what is left before anything is allocated.</summary>
    static unsafe T[] ReadArray<T>(BinaryReader reader, int size) where T : unmanaged
    {
        Contracts.CheckDecode(size >= 0);
        if (size == 0)
            return null;
        var stream = reader.BaseStream;
        Contracts.CheckDecode(!stream.CanSeek || (long)size * sizeof(T) <= stream.Length - stream.Position);
        var values = new T[size];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
