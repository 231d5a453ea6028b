using System.Buffers.Binary;
using System.IO.Compression;

namespace ImageAnalytics.Reference.Tests;

/// <summary>PNG files of any colour type and row filter, written from the format's definition (ISO/IEC 15948) and on purpose unlike the reader.</summary>
sealed class PngBuilder
{
    readonly MemoryStream _file = new();

    public PngBuilder(int width, int height, int colourType, int bitDepth = 8, int interlace = 0)
    {
        _file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk("IHDR", [.. BigEndian((uint)width), .. BigEndian((uint)height), (byte)bitDepth, (byte)colourType, 0, 0, (byte)interlace]);
    }

    public PngBuilder Chunk(string type, byte[] data)
    {
        byte[] typed = [.. type.Select(letter => (byte)letter), .. data];
        _file.Write(BigEndian((uint)data.Length));
        _file.Write(typed);
        _file.Write(BigEndian(Crc(typed)));
        return this;
    }

    /// <summary>The samples of all rows, each row filtered by the method that <paramref name="filterOf"/> gives for its number.</summary>
    public PngBuilder Data(byte[][] rows, int pixelBytes, Func<int, int> filterOf) => Chunk("IDAT", Zip(Filtered(rows, pixelBytes, filterOf)));

    public static byte[] Filtered(byte[][] rows, int pixelBytes, Func<int, int> filterOf)
    {
        var filtered = new List<byte>();
        for (var y = 0; y < rows.Length; y++)
        {
            filtered.Add((byte)filterOf(y));
            for (var i = 0; i < rows[y].Length; i++)
            {
                int left = i >= pixelBytes ? rows[y][i - pixelBytes] : 0, up = y > 0 ? rows[y - 1][i] : 0;
                int corner = i >= pixelBytes && y > 0 ? rows[y - 1][i - pixelBytes] : 0;
                var p = left + up - corner;
                // The nearest of the three to p; ties in this order.
                var paeth = new[] { left, up, corner }.MinBy(candidate => Math.Abs(p - candidate));
                filtered.Add((byte)(rows[y][i] - filterOf(y) switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, 4 => paeth, _ => 0 }));
            }
        }
        return [.. filtered];
    }

    public static byte[] Zip(byte[] data)
    {
        using var zipped = new MemoryStream();
        using (var zlib = new ZLibStream(zipped, CompressionLevel.Fastest))
            zlib.Write(data);
        return zipped.ToArray();
    }

    public byte[] End()
    {
        Chunk("IEND", []);
        return _file.ToArray();
    }

    static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>CRC-32 bit by bit, by its polynomial.</summary>
    static uint Crc(byte[] data)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in data)
            for (var bit = 0; bit < 8; bit++)
                crc = ((crc ^ (uint)(value >> bit)) & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        return ~crc;
    }
}
