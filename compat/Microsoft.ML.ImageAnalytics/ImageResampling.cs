using System;

namespace Microsoft.ML.Data;

/// <summary>
/// Pictures of another size, or grey. The real one leaves this to Skia; the same choices are made here: the nearest pixel where the aspect
/// ratio is given up (Fill); else, into integer bounds, the Mitchell-Netravali cubic to enlarge, and to reduce, halved copies down to the last one
/// that is not smaller than wanted, then linear interpolation. Skia computes in other number formats, so a channel may differ from the real
/// one's by rounding (one or two of 255); where Fill's sampling point falls exactly between two pixels either may be taken.
/// </summary>
static class ImageResampling
{
    /// <summary>Stretched to the size, each pixel the nearest of the source.</summary>
    public static MLImage Fill(MLImage source, int width, int height)
    {
        var from = source.Pixels;
        var to = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
        {
            var row = Nearest(y, height, source.Height) * source.Width;
            for (var x = 0; x < width; x++)
                from.Slice((row + Nearest(x, width, source.Width)) * 4, 4).CopyTo(to.AsSpan((y * width + x) * 4));
        }
        return new(width, height, source.PixelFormat, to, opaque: false) { Tag = source.Tag };

        // A point on the border between two pixels belongs to the first.
        static int Nearest(int to, int toSize, int fromSize) => (int)(((to * 2L + 1) * fromSize - 1) / (toSize * 2L));
    }

    /// <summary>The whole source drawn into a rectangle of the new picture, which is black elsewhere and cut where it ends.</summary>
    public static MLImage Draw(MLImage source, int width, int height, (int X, int Y, int Width, int Height) into)
    {
        var target = new byte[width * height * 4];
        if (into.Width > 0 && into.Height > 0)
        {
            var plane = Planes.Of(source);
            // Both directions are scaled alike but for the rounding of the rectangle.
            var scale = Math.Sqrt((double)into.Width / source.Width * into.Height / source.Height);
            for (var halvings = (int)Math.Floor(-Math.Log2(scale)); halvings > 0 && (plane.Width > 1 || plane.Height > 1); halvings--)
                plane = plane.Halved();
            var across = Taps.Of(plane.Width, into.Width, scale > 1);
            var down = Taps.Of(plane.Height, into.Height, scale > 1);
            for (var y = Math.Max(0, into.Y); y < Math.Min(height, into.Y + into.Height); y++)
                for (var x = Math.Max(0, into.X); x < Math.Min(width, into.X + into.Width); x++)
                    plane.Sample(across[x - into.X], down[y - into.Y], target.AsSpan((y * width + x) * 4, 4));
        }
        return new(width, height, source.PixelFormat, target, opaque: true) { Tag = source.Tag };
    }

    /// <summary>The same shade for all channels: 0.3 red + 0.59 green + 0.11 blue, over black where the source is transparent.</summary>
    public static MLImage Grey(MLImage source)
    {
        var straight = source.ToStraightRgba();
        var grey = new byte[straight.Length];
        for (var i = 0; i < grey.Length; i += 4)
        {
            var shade = 0.3f * straight[i] + 0.59f * straight[i + 1] + 0.11f * straight[i + 2];
            grey.AsSpan(i, 3).Fill((byte)(shade * straight[i + 3] / 255 + 0.5f));
            grey[i + 3] = 255;
        }
        return new(source.Width, source.Height, MLPixelFormat.Bgra32, grey, opaque: true) { Tag = source.Tag };
    }

    /// <summary>The four source pixels, along one direction, that a pixel is mixed from, and their weights.</summary>
    readonly record struct Taps(int First, float W0, float W1, float W2, float W3)
    {
        public static Taps[] Of(int from, int to, bool enlarge)
        {
            var taps = new Taps[to];
            for (var i = 0; i < to; i++)
            {
                var at = from == to ? i : (i + 0.5) * from / to - 0.5;
                var left = (int)Math.Floor(at);
                var t = (float)(at - left);
                taps[i] = enlarge ? new(left - 1, Mitchell(1 + t), Mitchell(t), Mitchell(1 - t), Mitchell(2 - t)) : new(left - 1, 0, 1 - t, t, 0);
            }
            return taps;
        }

        public float this[int i] => i switch { 0 => W0, 1 => W1, 2 => W2, _ => W3 };

        /// <summary>Mitchell and Netravali 1988, equation 8, with B = C = 1/3.</summary>
        static float Mitchell(float x) => x < 1
            ? (7f * x * x * x - 12f * x * x + 16f / 3) / 6
            : (-7f / 3 * x * x * x + 12f * x * x - 20f * x + 32f / 3) / 6;
    }

    /// <summary>The four premultiplied channels of a picture, interleaved, as numbers from 0 to 255.</summary>
    readonly record struct Planes(int Width, int Height, float[] Values)
    {
        public static Planes Of(MLImage image)
        {
            var values = new float[image.Pixels.Length];
            for (var i = 0; i < values.Length; i++)
                values[i] = image.Pixels[i];
            return new(image.Width, image.Height, values);
        }

        /// <summary>Half the size: means of two pixels, or of three weighted 1 2 1 where their number is odd.</summary>
        public Planes Halved()
        {
            var (width, height) = (Math.Max(1, Width / 2), Math.Max(1, Height / 2));
            var values = new float[width * height * 4];
            Span<float> sum = stackalloc float[4];
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                {
                    sum.Clear();
                    var weights = 0f;
                    for (var dy = 0; dy < Extent(Height); dy++)
                        for (var dx = 0; dx < Extent(Width); dx++)
                        {
                            var weight = Weight(Height, dy) * Weight(Width, dx);
                            weights += weight;
                            for (var channel = 0; channel < 4; channel++)
                                sum[channel] += weight * Values[((y * 2 + dy) * Width + x * 2 + dx) * 4 + channel];
                        }
                    for (var channel = 0; channel < 4; channel++)
                        values[(y * width + x) * 4 + channel] = sum[channel] / weights;
                }
            return new(width, height, values);

            static int Extent(int size) => size == 1 ? 1 : size % 2 == 0 ? 2 : 3;
            static float Weight(int size, int i) => size % 2 == 1 && i == 1 ? 2 : 1;
        }

        /// <summary>Mixes a pixel and puts it over black; edge pixels go on beyond the edge.</summary>
        public void Sample(Taps across, Taps down, Span<byte> pixel)
        {
            for (var channel = 0; channel < 4; channel++)
            {
                var value = 0f;
                for (var dy = 0; dy < 4; dy++)
                {
                    var row = Math.Clamp(down.First + dy, 0, Height - 1) * Width;
                    for (var dx = 0; dx < 4; dx++)
                        value += down[dy] * across[dx] * Values[(row + Math.Clamp(across.First + dx, 0, Width - 1)) * 4 + channel];
                }
                pixel[channel] = (byte)(Math.Clamp(value, 0, 255) + 0.5f);
            }
            pixel[3] = 255;
        }
    }
}
