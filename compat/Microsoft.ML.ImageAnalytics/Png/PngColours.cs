using System;
using System.Buffers.Binary;
using System.IO;

namespace Microsoft.ML.Data.Png;

/// <summary>Turns the samples of a row into R, G, B and A (ISO/IEC 15948, 11.2.3 and 11.3.2).</summary>
readonly ref struct PngColours
{
    readonly PngHeader _header;
    readonly ReadOnlySpan<byte> _palette, _transparency;

    public PngColours(PngHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
    {
        var keyLength = header.Colour switch { PngColour.Grey => 2, PngColour.Rgb => 6, _ => 0 };
        if (header.Colour == PngColour.Palette && (palette.Length == 0 || palette.Length % 3 != 0 || palette.Length > 3 * 256))
            throw new InvalidDataException($"the palette of the PNG file has {palette.Length} bytes, not 3 for each of at most 256 colours");
        if (header.Colour == PngColour.Palette ? transparency.Length > palette.Length / 3 : transparency.Length != 0 && transparency.Length != keyLength)
            throw new InvalidDataException($"the transparency of the PNG file has {transparency.Length} bytes, which its colours do not admit");
        _header = header;
        _palette = palette;
        _transparency = transparency;
    }

    public bool Opaque => _transparency.IsEmpty && _header.Colour is not (PngColour.GreyAlpha or PngColour.Rgba);

    public void Write(ReadOnlySpan<byte> row, Span<byte> rgba)
    {
        for (var x = 0; x < _header.Width; x++)
        {
            var pixel = rgba.Slice(x * 4, 4);
            switch (_header.Colour)
            {
                case PngColour.Grey:
                    var sample = Sample(row, x);
                    pixel.Fill((byte)(sample * 255 / ((1 << _header.BitDepth) - 1)));
                    pixel[3] = IsKey(0, sample) ? (byte)0 : (byte)255;
                    break;
                case PngColour.GreyAlpha:
                    pixel.Fill(row[x * 2]);
                    pixel[3] = row[x * 2 + 1];
                    break;
                case PngColour.Rgb:
                    row.Slice(x * 3, 3).CopyTo(pixel);
                    pixel[3] = IsKey(0, pixel[0]) && IsKey(1, pixel[1]) && IsKey(2, pixel[2]) ? (byte)0 : (byte)255;
                    break;
                case PngColour.Rgba:
                    row.Slice(x * 4, 4).CopyTo(pixel);
                    break;
                default:
                    var index = Sample(row, x);
                    if (index * 3 >= _palette.Length)
                        throw new InvalidDataException($"a pixel of the PNG file has colour {index}; its palette has {_palette.Length / 3}");
                    _palette.Slice(index * 3, 3).CopyTo(pixel);
                    pixel[3] = index < _transparency.Length ? _transparency[index] : (byte)255;
                    break;
            }
        }
    }

    /// <summary>Samples of less than 8 bits lie in their byte from the left.</summary>
    int Sample(ReadOnlySpan<byte> row, int x)
    {
        var bit = x * _header.BitDepth;
        return row[bit / 8] >> 8 - _header.BitDepth - bit % 8 & (1 << _header.BitDepth) - 1;
    }

    /// <summary>Whether the sample is that of the one transparent colour.</summary>
    bool IsKey(int channel, int sample)
        => !_transparency.IsEmpty && BinaryPrimitives.ReadUInt16BigEndian(_transparency[(channel * 2)..]) == sample;
}
