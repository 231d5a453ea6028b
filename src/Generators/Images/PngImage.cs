using System.Buffers.Binary;
using System.IO.Compression;

namespace Extensions.ML.Generators;

/// <summary>Writes 8-bit RGB images in the PNG format (ISO/IEC 15948).</summary>
public static class PngImage
{
    static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    static readonly uint[] CrcTable = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    /// <summary>The file of an image.</summary>
    /// <param name="rgb">height x width x 3 values, line by line.</param>
    /// <param name="width">Pixels of a line, at least 1.</param>
    /// <param name="height">Lines, at least 1.</param>
    /// <param name="pixelsPerMetre">The intended resolution, which viewers use for the size on paper. Default that of 96 to the inch.</param>
    /// <exception cref="ArgumentException">There are not as many values, or none.</exception>
    public static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height, int pixelsPerMetre = 3780)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.Length != (long)width * height * 3)
            throw new ArgumentException($"Got {rgb.Length} values; an image of {width} x {height} has {(long)width * height * 3}.", nameof(rgb));
        using var png = new MemoryStream();
        png.Write(Signature);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits a channel
        header[9] = 2; // RGB
        header[10..].Clear(); // deflate, adaptive filters, not interlaced
        WriteChunk(png, "IHDR"u8, header);

        Span<byte> resolution = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(resolution, pixelsPerMetre);
        BinaryPrimitives.WriteInt32BigEndian(resolution[4..], pixelsPerMetre);
        resolution[8] = 1;
        WriteChunk(png, "pHYs"u8, resolution);

        WriteChunk(png, "IDAT"u8, Compress(rgb, width, height));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    static byte[] Compress(ReadOnlySpan<byte> rgb, int width, int height)
    {
        const byte up = 2; // Each byte as its difference to the one above: charts are mostly vertical runs of one colour.
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize))
        {
            var stride = width * 3;
            var line = new byte[stride];
            for (var y = 0; y < height; y++)
            {
                var row = rgb.Slice(y * stride, stride);
                if (y == 0)
                    row.CopyTo(line);
                else
                    for (var i = 0; i < stride; i++)
                        line[i] = (byte)(row[i] - rgb[(y - 1) * stride + i]);
                zlib.WriteByte(up);
                zlib.Write(line);
            }
        }
        return compressed.ToArray();
    }

    static void WriteChunk(Stream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    static uint CrcOf(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    }
}
