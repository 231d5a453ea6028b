using System;
using System.IO;
using System.IO.Compression;

namespace Microsoft.ML.Data.Png;

/// <summary>
/// Reads PNG files of up to 8 bits a channel: grey, grey with alpha, RGB, RGBA and palette, with tRNS transparency; not interlaced, not
/// 16 bits. Every damage gives an <see cref="InvalidDataException"/>; nothing is allocated before the file is known to be large enough for it.
/// </summary>
static class PngReader
{
    /// <summary>No deflate stream unpacks to more than this many times its size.</summary>
    const int LargestRatio = 1032;

    /// <returns>The pixels as straight (not premultiplied) R, G, B and A, row by row from the top, and whether all are opaque.</returns>
    public static (byte[] Rgba, int Width, int Height, bool Opaque) Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(PngChunks.Signature))
            throw new InvalidDataException("it does not start as a PNG file does, the only format read here");
        var position = PngChunks.Signature.Length;
        var (type, range) = PngChunks.Next(file, ref position);
        if (type != PngChunks.Header)
            throw new InvalidDataException("the first chunk of the PNG file is not its header");
        var header = PngHeader.Read(file[range]);

        ReadOnlySpan<byte> palette = [], transparency = [];
        using var packed = new MemoryStream();
        while (true)
        {
            (type, range) = PngChunks.Next(file, ref position);
            if (type == PngChunks.End)
                break;
            if (type == PngChunks.Data)
                packed.Write(file[range]);
            else if (type == PngChunks.Palette)
                palette = file[range];
            else if (type == PngChunks.Transparency)
                transparency = file[range];
            else if (PngChunks.IsCritical(type))
                throw new InvalidDataException($"the PNG file has a critical chunk of unknown type {type:X8}");
        }

        var colours = new PngColours(header, palette, transparency);
        return (Unpack(packed, header, colours), header.Width, header.Height, colours.Opaque);
    }

    static byte[] Unpack(MemoryStream packed, PngHeader header, PngColours colours)
    {
        if ((header.Stride + 1L) * header.Height > packed.Length * LargestRatio)
            throw new InvalidDataException(
                $"the PNG file has {packed.Length} bytes of data, too few for {header.Width} x {header.Height} pixels");
        var rgba = new byte[header.Width * header.Height * 4];
        packed.Position = 0;
        using var data = new ZLibStream(packed, CompressionMode.Decompress);
        var (row, above) = (new byte[header.Stride], new byte[header.Stride]);
        try
        {
            for (var y = 0; y < header.Height; y++)
            {
                var filter = data.ReadByte();
                if (filter < 0)
                    throw new EndOfStreamException();
                data.ReadExactly(row);
                PngFilter.Undo((byte)filter, row, above, header.PixelBytes);
                colours.Write(row, rgba.AsSpan(y * header.Width * 4, header.Width * 4));
                (row, above) = (above, row);
            }
            // Reading past the last row lets the stream check its checksum.
            if (data.ReadByte() >= 0)
                throw new InvalidDataException("the PNG file holds more data than its pixels need");
            return rgba;
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException($"the data of the PNG file end before its {header.Height} rows do");
        }
    }
}
