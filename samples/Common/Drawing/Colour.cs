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

    /// <param name="share">Of the other colour, from 0 to 1.</param>
    public Colour Mix(Colour other, float share) =>
        new(Mix(R, other.R, share), Mix(G, other.G, share), Mix(B, other.B, share), A + (other.A - A) * share);

    static byte Mix(byte from, byte to, float share) => (byte)(from + (to - from) * share + 0.5f);
}
