using System.Numerics;
using Extensions.ML.Generators;

namespace Samples.Drawing;

public enum Align { Left, Centre, Right }

/// <summary>
/// An anti-aliased drawing surface. Coordinates are logical pixels, y down; the image has <c>scale</c> times as many real ones
/// in each direction, which keeps it sharp on fine screens.
/// </summary>
public sealed class Canvas
{
    readonly float scale;
    readonly int columns, rows;
    readonly byte[] rgb;
    float[] coverage = [];

    public Canvas(int width, int height, Colour background, float scale = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        (Width, Height, this.scale) = (width, height, scale);
        columns = (int)(width * scale);
        rows = (int)(height * scale);
        rgb = new byte[columns * rows * 3];
        Rectangle(0, 0, width, height, background);
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] ToPng() => PngImage.Encode(rgb, columns, rows, pixelsPerMetre: (int)(96 * scale / 0.0254f));

    public void Rectangle(float x, float y, float width, float height, Colour colour)
    {
        var (left, top, right, bottom) = (x * scale, y * scale, (x + width) * scale, (y + height) * scale);
        for (var row = Math.Max(0, (int)top); row < Math.Min(rows, bottom); row++)
        {
            var vertical = Overlap(row, top, bottom);
            for (var column = Math.Max(0, (int)left); column < Math.Min(columns, right); column++)
                Blend(column, row, colour, vertical * Overlap(column, left, right));
        }
    }

    public void Line(float x0, float y0, float x1, float y1, Colour colour, float width = 1) =>
        Strokes([[new(x0, y0), new(x1, y1)]], colour, width);

    public void DashedLine(float x0, float y0, float x1, float y1, Colour colour, float width = 1, float dash = 5)
    {
        var (from, to) = (new Vector2(x0, y0), new Vector2(x1, y1));
        var length = Vector2.Distance(from, to);
        var dashes = new List<Vector2[]>();
        for (var at = 0f; at < length; at += dash * 1.8f)
            dashes.Add([Vector2.Lerp(from, to, at / length), Vector2.Lerp(from, to, Math.Min(1, (at + dash) / length))]);
        Strokes(dashes, colour, width);
    }

    /// <summary>Draws lines through points with round joins and caps. Where the strokes cross they do not darken each other.</summary>
    public void Strokes(IEnumerable<Vector2[]> strokes, Colour colour, float width)
    {
        var lines = strokes.Where(stroke => stroke.Length > 1).Select(stroke => Array.ConvertAll(stroke, p => p * scale)).ToList();
        if (lines.Count == 0)
            return;
        var radius = width * scale / 2;
        var (min, max) = (new Vector2(float.MaxValue), new Vector2(float.MinValue));
        foreach (var p in lines.SelectMany(line => line))
            (min, max) = (Vector2.Min(min, p), Vector2.Max(max, p));
        var mask = Mask(min - new Vector2(radius + 1), max + new Vector2(radius + 1));
        foreach (var line in lines)
            for (var i = 1; i < line.Length; i++)
                Segment(mask, line[i - 1], line[i], radius);
        Paint(mask, colour);
    }

    /// <summary>Fills the area that the points enclose, by the even-odd rule.</summary>
    public void Polygon(IReadOnlyList<Vector2> points, Colour colour)
    {
        const int slices = 8; // of a pixel row; along a row the coverage is exact
        var outline = points.Select(p => p * scale).ToArray();
        var (min, max) = (outline.Aggregate(Vector2.Min), outline.Aggregate(Vector2.Max));
        var mask = Mask(min, max + Vector2.One);
        var crossings = new List<float>();
        for (var slice = mask.Top * slices; slice < mask.Bottom * slices; slice++)
        {
            var y = (slice + 0.5f) / slices;
            crossings.Clear();
            for (var i = 0; i < outline.Length; i++)
            {
                var (a, b) = (outline[i], outline[(i + 1) % outline.Length]);
                if (a.Y <= y != b.Y <= y)
                    crossings.Add(a.X + (y - a.Y) / (b.Y - a.Y) * (b.X - a.X));
            }
            crossings.Sort();
            for (var i = 0; i + 1 < crossings.Count; i += 2)
                for (var column = Math.Max(mask.Left, (int)crossings[i]); column < Math.Min(mask.Right, crossings[i + 1]); column++)
                    coverage[mask.IndexOf(column, slice / slices)] += Overlap(column, crossings[i], crossings[i + 1]) / slices;
        }
        Paint(mask, colour);
    }

    public void Disc(float x, float y, float radius, Colour colour) =>
        Strokes([[new(x, y), new(x + 0.01f, y)]], colour, 2 * radius);

    /// <param name="y">The baseline.</param>
    /// <param name="size">Of the em; capitals are 0.7 of it high.</param>
    /// <param name="angle">In degrees, counter-clockwise around the point.</param>
    public void Text(string text, float x, float y, float size, Colour colour, Align align = Align.Left, bool bold = false, float angle = 0)
    {
        var width = StrokeFont.Measure(text, size);
        var shift = align switch { Align.Left => 0, Align.Centre => -width / 2, _ => -width };
        var placed = Matrix3x2.CreateTranslation(shift, 0) * Matrix3x2.CreateRotation(-float.DegreesToRadians(angle))
            * Matrix3x2.CreateTranslation(x, y);
        Strokes(StrokeFont.Layout(text, size).Select(stroke => Array.ConvertAll(stroke, p => Vector2.Transform(p, placed))),
            colour, size * (bold ? 0.118f : 0.082f));
    }

    /// <summary>Draws a grey image, enlarged smoothly; 0 becomes <paramref name="zero"/>, 1 becomes <paramref name="one"/>.</summary>
    public void Image(ReadOnlySpan<float> grey, int imageWidth, float x, float y, float width, Colour zero, Colour one) =>
        Image(grey, imageWidth, x, y, width, value => zero.Mix(one, Math.Clamp(value, 0, 1)));

    /// <summary>Draws values as an image, enlarged smoothly, in the colours given for them.</summary>
    public void Image(ReadOnlySpan<float> values, int imageWidth, float x, float y, float width, Func<float, Colour> colourOf)
    {
        var imageHeight = values.Length / imageWidth;
        var (left, top) = ((int)MathF.Round(x * scale), (int)MathF.Round(y * scale));
        var across = (int)MathF.Round(width * scale);
        var step = imageWidth / (float)across;
        for (var row = 0; row < Math.Min((int)(imageHeight / step), rows - top); row++)
            for (var column = 0; column < Math.Min(across, columns - left); column++)
            {
                var value = Sample(values, imageWidth, imageHeight, (column + 0.5f) * step - 0.5f, (row + 0.5f) * step - 0.5f);
                Blend(left + column, top + row, colourOf(value), 1);
            }
    }

    /// <summary>The drawing as grey values from 0 to 1, row by row, for a canvas that was painted in greys.</summary>
    public float[] ToGrey() => [.. Enumerable.Range(0, columns * rows).Select(pixel => rgb[pixel * 3] / 255f)];

    /// <summary>Bilinear interpolation between pixel centres.</summary>
    static float Sample(ReadOnlySpan<float> values, int width, int height, float x, float y)
    {
        x = Math.Clamp(x, 0, width - 1);
        y = Math.Clamp(y, 0, height - 1);
        var (x0, y0) = ((int)x, (int)y);
        var (x1, y1) = (Math.Min(x0 + 1, width - 1), Math.Min(y0 + 1, height - 1));
        var upper = float.Lerp(values[y0 * width + x0], values[y0 * width + x1], x - x0);
        var lower = float.Lerp(values[y1 * width + x0], values[y1 * width + x1], x - x0);
        return float.Lerp(upper, lower, y - y0);
    }

    /// <summary>Where a stroke or polygon can fall, clipped to the image; its coverage lies row by row in the buffer.</summary>
    readonly record struct Area(int Left, int Top, int Right, int Bottom)
    {
        public int IndexOf(int column, int row) => (row - Top) * (Right - Left) + column - Left;
    }

    Area Mask(Vector2 min, Vector2 max)
    {
        var left = Math.Clamp((int)min.X, 0, columns);
        var top = Math.Clamp((int)min.Y, 0, rows);
        var area = new Area(left, top, Math.Clamp((int)max.X + 1, left, columns), Math.Clamp((int)max.Y + 1, top, rows));
        var length = (area.Right - area.Left) * (area.Bottom - area.Top);
        if (coverage.Length < length)
            coverage = new float[length];
        coverage.AsSpan(0, length).Clear();
        return area;
    }

    void Segment(Area mask, Vector2 a, Vector2 b, float radius)
    {
        var along = b - a;
        var inverse = 1 / Math.Max(along.LengthSquared(), 1e-12f);
        var reach = new Vector2(radius + 1);
        var (min, max) = (Vector2.Min(a, b) - reach, Vector2.Max(a, b) + reach);
        for (var row = Math.Max(mask.Top, (int)min.Y); row < Math.Min(mask.Bottom, max.Y); row++)
            for (var column = Math.Max(mask.Left, (int)min.X); column < Math.Min(mask.Right, max.X); column++)
            {
                var p = new Vector2(column + 0.5f, row + 0.5f) - a;
                var t = Math.Clamp(Vector2.Dot(p, along) * inverse, 0, 1);
                var covered = Math.Clamp(radius + 0.5f - (p - along * t).Length(), 0, 1);
                ref var here = ref coverage[mask.IndexOf(column, row)];
                here = Math.Max(here, covered);
            }
    }

    void Paint(Area mask, Colour colour)
    {
        for (var row = mask.Top; row < mask.Bottom; row++)
            for (var column = mask.Left; column < mask.Right; column++)
                if (coverage[mask.IndexOf(column, row)] is var covered and > 0)
                    Blend(column, row, colour, covered);
    }

    void Blend(int column, int row, Colour colour, float covered)
    {
        var alpha = Math.Min(1, covered) * colour.A;
        var pixel = rgb.AsSpan((row * columns + column) * 3, 3);
        pixel[0] = Mix(pixel[0], colour.R, alpha);
        pixel[1] = Mix(pixel[1], colour.G, alpha);
        pixel[2] = Mix(pixel[2], colour.B, alpha);
    }

    static byte Mix(byte from, byte to, float share) => (byte)(from + (to - from) * share + 0.5f);

    static float Overlap(int pixel, float from, float to) => Math.Max(0, Math.Min(pixel + 1, to) - Math.Max(pixel, from));
}
