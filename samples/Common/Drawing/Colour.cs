using System.Globalization;

namespace Samples.Drawing;

/// <summary>An sRGB colour with an opacity from 0 to 1.</summary>
public readonly record struct Colour(byte R, byte G, byte B, float A = 1)
{
    public static Colour White => new(255, 255, 255);

    /// <param name="hex">Six hexadecimal digits, with or without a leading <c>#</c>.</param>
    public static Colour Of(string hex)
    {
        var value = int.Parse(hex.AsSpan().TrimStart('#'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return new Colour((byte)(value >> 16), (byte)(value >> 8), (byte)value);
    }

    public Colour Fade(float opacity) => this with { A = A * opacity };
}
