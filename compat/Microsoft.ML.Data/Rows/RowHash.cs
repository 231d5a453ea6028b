using System;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.Internal.Utilities;

namespace Microsoft.ML.Data;

/// <summary>The 30-bit Murmur3 hash of a value or of a whole vector, as a place between 0 and 1; NaN where the value is missing.</summary>
static class RowHash
{
    const int Bits = 30;
    const uint Mask = (1u << Bits) - 1;

    public static Func<double> Reader(DataViewRow row, DataViewSchema.Column column, uint seed)
    {
        var itemType = column.Type.GetItemType();
        return column.Type is VectorDataViewType
            ? Utils.MarshalInvoke(VectorReader<int>, itemType.RawType, row, column, seed)
            : Utils.MarshalInvoke(ScalarReader<int>, itemType.RawType, row, column, seed);
    }

    static Func<double> ScalarReader<T>(DataViewRow row, DataViewSchema.Column column, uint seed)
    {
        var getter = row.GetGetter<T>(column);
        var words = Words<T>(column.Type);
        T value = default;
        return () =>
        {
            getter(ref value);
            if (value is ReadOnlyMemory<char> text)
                return text.IsEmpty ? double.NaN : Place(HashText(seed, text.Span.Trim(' ')));
            var (hash, length) = (seed, 0);
            return words(value) is { } chunks ? Place(Mix(chunks, ref hash, ref length)) : double.NaN;
        };
    }

    static Func<double> VectorReader<T>(DataViewRow row, DataViewSchema.Column column, uint seed)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var words = Words<T>(column.Type.GetItemType());
        VBuffer<T> vector = default;
        return () =>
        {
            getter(ref vector);
            var (hash, length) = (seed, 0);
            foreach (var item in vector.DenseValues())
            {
                if (item is ReadOnlyMemory<char> text)
                {
                    if (text.IsEmpty)
                        return double.NaN;
                    hash = HashText(hash, text.Span.Trim(' '));
                }
                else if (words(item) is { } chunks)
                    Mix(chunks, ref hash, ref length);
                else
                    return double.NaN;
            }
            return Place(typeof(T) == typeof(ReadOnlyMemory<char>) ? hash : Hashing.MixHash(hash, length));
        };
    }

    static double Place(uint hash) => ((hash & Mask) + 0.5) / (1u << Bits);

    static uint Mix(uint[] chunks, ref uint hash, ref int length)
    {
        foreach (var chunk in chunks)
            hash = Hashing.MurmurRound(hash, chunk);
        length += chunks.Length * sizeof(uint);
        return Hashing.MixHash(hash, length);
    }

    /// <summary>The 32-bit words of a value; null if it is missing.</summary>
    static Func<T, uint[]> Words<T>(DataViewType type) => value => value switch
    {
        float x => float.IsNaN(x) ? null : [BitConverter.SingleToUInt32Bits(x == 0 ? 0 : x)],
        double x => double.IsNaN(x) ? null : Halves(BitConverter.DoubleToUInt64Bits(x == 0 ? 0 : x)),
        bool x => [x ? 1u : 0u],
        sbyte x => [(uint)x],
        short x => [(uint)x],
        int x => [(uint)x],
        long x => Halves((ulong)x),
        TimeSpan x => Halves((ulong)x.Ticks),
        DateTime x => Halves((ulong)x.Ticks),
        DateTimeOffset x => Halves((ulong)x.Ticks),
        DataViewRowId x => [(uint)x.Low],
        byte or ushort or uint or ulong when type is KeyDataViewType && Convert.ToUInt64(value) == 0 => null,
        ulong x => Halves(x),
        byte or ushort or uint => [Convert.ToUInt32(value)],
        _ => null,
    };

    static uint[] Halves(ulong value) => [(uint)value, (uint)(value >> 32)];

    /// <summary>Murmur3 over the text's characters, written as 1 to 3 bytes each with the bytes of the longer ones turned round.</summary>
    static uint HashText(uint hash, ReadOnlySpan<char> text)
    {
        ulong pending = 0;
        int bits = 0, length = 0;
        foreach (var c in text)
        {
            uint ch = c;
            if (ch <= 0x7F)
            {
                pending |= (ulong)ch << bits;
                bits += 8;
            }
            else if (ch <= 0x7FF)
            {
                pending |= (ulong)(ch & 0x3F | ch << 2 & 0x1F00 | 0xC080) << bits;
                pending = (pending & 0xFF) << 8 | pending >> 8;
                bits += 16;
            }
            else
            {
                pending |= (ulong)(ch & 0x3F | ch << 2 & 0x3F00 | ch << 4 & 0x0F0000 | 0xE08080) << bits;
                pending = (pending & 0xFF) << 16 | (pending >> 8 & 0xFF) << 8 | pending >> 16;
                bits += 24;
            }
            if (bits < 32)
                continue;
            hash = Hashing.MurmurRound(hash, (uint)pending);
            pending >>= 32;
            bits -= 32;
            length += 4;
        }
        length += bits / 8;
        // The tail takes as many bytes as there are left over, of the last 24 bits.
        uint tail = (length & 3) switch { 3 => 0xFFFFFFu, 2 => 0xFFFF, 1 => 0xFF, _ => 0u } & (uint)pending;
        if ((length & 3) != 0)
            hash ^= uint.RotateLeft(tail * 0xCC9E2D51, 15) * 0x1B873593;
        return Hashing.MixHash(hash, length);
    }
}
