using System;
using System.Buffers.Binary;
using System.IO;

namespace Microsoft.ML.Data.Png;

/// <summary>The frame of a PNG file: a signature, then chunks of length, type, data and checksum (ISO/IEC 15948, 5.2 and 5.3).</summary>
static class PngChunks
{
    public const uint Header = 0x49484452, Palette = 0x504C5445, Transparency = 0x74524E53, Data = 0x49444154, End = 0x49454E44;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>Takes the next chunk off the front of the file.</summary>
    public static (uint Type, Range Data) Next(ReadOnlySpan<byte> file, ref int position)
    {
        const int frame = 12;
        if (file.Length - position < frame)
            throw new InvalidDataException($"the PNG file ends at byte {file.Length}, within a chunk");
        var length = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
        if (length > file.Length - position - frame)
            throw new InvalidDataException($"the PNG chunk at byte {position} says {length} bytes, {file.Length - position - frame} are left");
        var typed = file.Slice(position + 4, 4 + (int)length);
        if (Crc(typed) != BinaryPrimitives.ReadUInt32BigEndian(file[(position + 8 + (int)length)..]))
            throw new InvalidDataException($"the PNG chunk at byte {position} is damaged: its checksum is wrong");
        var start = position + 8;
        position += frame + (int)length;
        return (BinaryPrimitives.ReadUInt32BigEndian(typed), new(start, start + (int)length));
    }

    /// <summary>Readers must understand a chunk whose type begins with a capital letter.</summary>
    public static bool IsCritical(uint type) => (type >> 24 & 0x20) == 0;

    public static void Write(Stream file, uint type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        var typed = new byte[4 + data.Length];
        BinaryPrimitives.WriteUInt32BigEndian(typed, type);
        data.CopyTo(typed.AsSpan(4));
        file.Write(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed));
        file.Write(number);
    }

    static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ crc >> 1 : crc >> 1;
            table[i] = crc;
        }
        return table;
    }
}
