using System.Numerics;
using Samples.Drawing;

namespace Samples.Data;

/// <summary>
/// Made pictures of digits, 28 x 28 grey: the strokes of <see cref="StrokeFont"/> moved, turned, slanted, scaled and bent at random,
/// drawn with a pen of random width, and a little noise. A stand-in for MNIST where that is not at hand; easier than the real thing.
/// </summary>
public static class MadeDigits
{
    public const int Side = 28;

    public static IEnumerable<(float[] Pixels, int Label)> Draw(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var label = random.Next(10);
            yield return (Draw((char)('0' + label), random), label);
        }
    }

    static float[] Draw(char digit, Random random)
    {
        float Between(float low, float high) => low + (high - low) * random.NextSingle();

        var glyph = StrokeFont.Of(digit);
        // The middle of the glyph to the origin, y down, then to about 18 pixels in the middle of the picture.
        var place = Matrix3x2.CreateTranslation(-glyph.Width / 2, -StrokeFont.CapitalHeight / 2)
            * Matrix3x2.CreateScale(Between(0.85f, 1.45f), -Between(1.1f, 1.4f))
            * Matrix3x2.CreateSkew(Between(-0.45f, 0.1f), Between(-0.1f, 0.1f))
            * Matrix3x2.CreateRotation(Between(-0.2f, 0.2f))
            * Matrix3x2.CreateTranslation(Side / 2f + Between(-2, 2), Side / 2f + Between(-2, 2));
        var (phase, bend, wave) = (Between(0, MathF.Tau), Between(0, 1.1f), Between(0.2f, 0.45f));
        Vector2 Bend(Vector2 p) => p + bend * new Vector2(MathF.Sin(p.Y * wave + phase), MathF.Cos(p.X * wave + phase));

        var canvas = new Canvas(Side, Side, new Colour(0, 0, 0), scale: 1);
        canvas.Strokes(glyph.Strokes.Select(stroke => Array.ConvertAll(stroke, p => Bend(Vector2.Transform(p, place)))),
            Colour.White.Fade(Between(0.8f, 1)), Between(1.6f, 3.4f));
        return Array.ConvertAll(canvas.ToGrey(), pixel => Math.Clamp(pixel + (pixel > 0 ? Between(-0.06f, 0.06f) : 0), 0, 1));
    }
}
