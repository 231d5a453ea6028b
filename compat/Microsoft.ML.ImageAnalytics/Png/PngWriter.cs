using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace Microsoft.ML.Data.Png;

/// <summary>Writes 8-bit RGB and RGBA PNG files.</summary>
static class PngWriter
{
    /// <param name="rgba">Straight (not premultiplied) R, G, B and A, row by row from the top.</param>
    /// <param name="opaque">Leaves alpha out.</param>
    public static void Write(Stream file, ReadOnlySpan<byte> rgba, int width, int height, bool opaque)
    {
        file.Write(PngChunks.Signature);
        Span<byte> header = stackalloc byte[PngHeader.Length];
        header.Clear();
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = (byte)(opaque ? PngColour.Rgb : PngColour.Rgba);
        PngChunks.Write(file, PngChunks.Header, header);
        PngChunks.Write(file, PngChunks.Data, Pack(rgba, width, height, opaque ? 3 : 4));
        PngChunks.Write(file, PngChunks.End, []);
    }

    static byte[] Pack(ReadOnlySpan<byte> rgba, int width, int height, int channels)
    {
        using var packed = new MemoryStream();
        using (var data = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            var (row, above, difference) = (new byte[width * channels], new byte[width * channels], new byte[width * channels]);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                    rgba.Slice((y * width + x) * 4, channels).CopyTo(row.AsSpan(x * channels));
                for (var i = 0; i < row.Length; i++)
                    difference[i] = (byte)(row[i] - above[i]);
                data.WriteByte(PngFilter.Up);
                data.Write(difference);
                (row, above) = (above, row);
            }
        }
        return packed.ToArray();
    }
}
