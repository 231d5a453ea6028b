using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>Images side by side, each a vector of pixels as <c>ExtractPixels</c> gives it: channel by channel, line by line.</summary>
public sealed class ImageGrid
{
    const byte Gap = 255;

    readonly ImageShape _shape;
    readonly float _white;
    readonly int _scale;

    /// <param name="size">Values of an image.</param>
    /// <param name="channels">1 for grey, 3 for red, green and blue, 4 for alpha, which is not drawn, before them. Default 1.</param>
    /// <param name="height">Lines; <see langword="null"/> (the default) where the size tells, of square images where <paramref name="width"/> is open too.</param>
    /// <param name="width">Pixels of a line; as for <paramref name="height"/>.</param>
    /// <param name="white">The value of the brightest pixel, above 0; 0 is black. Default 1.</param>
    /// <param name="scale">Pixels of the picture for each pixel of an image, in both directions, at least 1. Default 2.</param>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public ImageGrid(int size, int channels = 1, int? height = null, int? width = null, float white = 1, int scale = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        if (!(white > 0 && float.IsFinite(white))) throw new ArgumentOutOfRangeException(nameof(white), white, "Expected a finite number above 0.");
        _shape = ImageShape.Of(size, ImageShape.CheckChannels(channels), height, width);
        (_white, _scale) = (white, scale);
    }

    /// <summary>The PNG file of one image.</summary>
    /// <param name="pixels">The image.</param>
    public byte[] Image(ReadOnlySpan<float> pixels)
    {
        var rgb = new byte[3 * _shape.Width * _shape.Height * _scale * _scale];
        Draw(pixels, rgb, 0, 0, _shape.Width * _scale);
        return PngImage.Encode(rgb, _shape.Width * _scale, _shape.Height * _scale);
    }

    /// <summary>The PNG file of images in lines, with white gaps between them.</summary>
    /// <param name="images">The images, at least one.</param>
    /// <param name="columns">Images in a line, at least 1.</param>
    public byte[] Grid(IReadOnlyList<float[]> images, int columns)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (images.Count == 0) throw new ArgumentException("There are no images to draw.", nameof(images));
        columns = Math.Min(columns, images.Count);
        int lines = (images.Count + columns - 1) / columns, gap = _scale;
        int cellWidth = _shape.Width * _scale + gap, cellHeight = _shape.Height * _scale + gap;
        int width = columns * cellWidth - gap, height = lines * cellHeight - gap;
        var rgb = new byte[checked(3 * width * height)];
        rgb.AsSpan().Fill(Gap);
        for (int i = 0; i < images.Count; i++) Draw(images[i], rgb, i % columns * cellWidth, i / columns * cellHeight, width);
        return PngImage.Encode(rgb, width, height);
    }

    void Draw(ReadOnlySpan<float> pixels, byte[] rgb, int left, int top, int stride)
    {
        int plane = _shape.Height * _shape.Width;
        if (pixels.Length != plane * _shape.Channels)
            throw new ArgumentException($"Got an image of {pixels.Length} values; {plane * _shape.Channels} are expected.");
        for (int y = 0; y < _shape.Height * _scale; y++)
        {
            for (int x = 0; x < _shape.Width * _scale; x++)
            {
                int pixel = y / _scale * _shape.Width + x / _scale, at = 3 * ((top + y) * stride + left + x);
                for (int colour = 0; colour < 3; colour++)
                {
                    int channel = _shape.Channels switch { 1 => 0, 3 => colour, _ => colour + 1 };
                    rgb[at + colour] = (byte)Math.Clamp(MathF.Round(255 * pixels[channel * plane + pixel] / _white), 0, 255);
                }
            }
        }
    }
}
