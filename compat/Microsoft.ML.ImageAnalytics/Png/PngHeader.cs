using System;
using System.Buffers.Binary;
using System.IO;

namespace Microsoft.ML.Data.Png;

enum PngColour : byte { Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6 }

/// <summary>What the IHDR chunk of a PNG file says (ISO/IEC 15948, 11.2.2).</summary>
readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColour Colour)
{
    public const int Length = 13;

    public int Channels => Colour switch { PngColour.Rgb => 3, PngColour.GreyAlpha => 2, PngColour.Rgba => 4, _ => 1 };

    /// <summary>Bytes of one row, without the byte that names its filter.</summary>
    public int Stride => (int)(((long)Width * Channels * BitDepth + 7) / 8);

    /// <summary>How far left the corresponding byte of the pixel before lies, for the row filters.</summary>
    public int PixelBytes => Math.Max(1, Channels * BitDepth / 8);

    /// <summary>Reads and checks the header. No size passes that a picture of four bytes a pixel could not have in one array.</summary>
    public static PngHeader Read(ReadOnlySpan<byte> data)
    {
        if (data.Length != Length)
            throw new InvalidDataException($"the PNG header has {data.Length} bytes, not {Length}");
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
        var (depth, colour) = (data[8], (PngColour)data[9]);
        if (width <= 0 || height <= 0 || (long)width * height > Array.MaxLength / 4)
            throw new InvalidDataException($"a PNG picture cannot have {width} x {height} pixels here");
        if (!Enum.IsDefined(colour))
            throw new InvalidDataException($"{data[9]} is no PNG colour type");
        if (depth != 8 && !(depth is 1 or 2 or 4 && colour is PngColour.Grey or PngColour.Palette))
            throw new InvalidDataException($"PNG with {depth} bits a channel of colour type {data[9]} is not supported");
        if (data[10] != 0 || data[11] != 0)
            throw new InvalidDataException($"PNG compression {data[10]} with filter method {data[11]} does not exist");
        if (data[12] != 0)
            throw new InvalidDataException("interlaced PNG is not supported");
        return new(width, height, depth, colour);
    }
}
