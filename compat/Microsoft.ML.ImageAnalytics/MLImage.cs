using System;
using System.IO;
using Microsoft.ML.Data.Png;

namespace Microsoft.ML.Data;

/// <summary>
/// A picture in memory, four bytes a pixel, colours premultiplied by alpha, as the real one holds it. Of the file formats that the real one
/// reads and writes, only PNG is here; and where a damaged file makes the real one show what it could decode, this one throws.
/// </summary>
public sealed class MLImage : IDisposable
{
    readonly int _width, _height;
    readonly MLPixelFormat _format;
    readonly bool _opaque;
    byte[] _pixels;
    string _tag;

    internal MLImage(int width, int height, MLPixelFormat format, byte[] premultiplied, bool opaque)
        => (_width, _height, _format, _pixels, _opaque) = (width, height, format, premultiplied, opaque);

    public static MLImage CreateFromStream(Stream imageStream)
    {
        ArgumentNullException.ThrowIfNull(imageStream);
        using var file = new MemoryStream();
        imageStream.CopyTo(file);
        return Decode(file.GetBuffer().AsSpan(0, (int)file.Length), "Invalid input stream contents", nameof(imageStream));
    }

    public static MLImage CreateFromFile(string imagePath)
    {
        ArgumentNullException.ThrowIfNull(imagePath);
        return File.Exists(imagePath) ? Decode(File.ReadAllBytes(imagePath), "Invalid path", nameof(imagePath))
            : throw new ArgumentException("Invalid path", nameof(imagePath));
    }

    static MLImage Decode(ReadOnlySpan<byte> file, string complaint, string paramName)
    {
        try
        {
            var (pixels, width, height, opaque) = PngReader.Read(file);
            for (var i = 0; i < pixels.Length; i += 4)
                (pixels[i], pixels[i + 1], pixels[i + 2]) =
                    (Alpha.Multiply(pixels[i + 2], pixels[i + 3]), Alpha.Multiply(pixels[i + 1], pixels[i + 3]), Alpha.Multiply(pixels[i], pixels[i + 3]));
            return new(width, height, MLPixelFormat.Bgra32, pixels, opaque);
        }
        catch (InvalidDataException e)
        {
            throw new ArgumentException($"{complaint}: {e.Message}", paramName, e);
        }
    }

    public static MLImage CreateFromPixels(int width, int height, MLPixelFormat pixelFormat, ReadOnlySpan<byte> imagePixelData)
    {
        if (pixelFormat is not (MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32))
            throw new ArgumentException("Unsupported pixel format", nameof(pixelFormat));
        if (width <= 0)
            throw new ArgumentException("Invalid width value.", nameof(width));
        if (height <= 0)
            throw new ArgumentException("Invalid height value.", nameof(height));
        if (imagePixelData.Length != (long)width * height * 4)
            throw new ArgumentException($"Invalid {nameof(imagePixelData)} buffer size.");
        return new(width, height, pixelFormat, imagePixelData.ToArray(), opaque: false);
    }

    public int Width => Alive(_width);
    public int Height => Alive(_height);
    public MLPixelFormat PixelFormat => Alive(_format);
    public int BitsPerPixel => Alive(32);
    public ReadOnlySpan<byte> Pixels => Alive(_pixels);

    public string Tag
    {
        get => Alive(_tag);
        set => _tag = Alive(value);
    }

    /// <summary>B, G and R of each pixel, no longer premultiplied.</summary>
    public byte[] GetBGRPixels
    {
        get
        {
            var rgba = ToStraightRgba();
            var bgr = new byte[rgba.Length / 4 * 3];
            for (var pixel = 0; pixel < rgba.Length / 4; pixel++)
                (bgr[pixel * 3], bgr[pixel * 3 + 1], bgr[pixel * 3 + 2]) = (rgba[pixel * 4 + 2], rgba[pixel * 4 + 1], rgba[pixel * 4]);
            return bgr;
        }
    }

    /// <summary>Where the channels lie in a pixel; alpha is always the last.</summary>
    internal (int Red, int Green, int Blue) Channels => _format == MLPixelFormat.Bgra32 ? (2, 1, 0) : (0, 1, 2);

    internal byte[] ToStraightRgba()
    {
        var pixels = Pixels;
        var (red, green, blue) = Channels;
        var rgba = new byte[pixels.Length];
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var alpha = _opaque ? (byte)255 : pixels[i + 3];
            (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]) = (Alpha.Divide(pixels[i + red], alpha),
                Alpha.Divide(pixels[i + green], alpha), Alpha.Divide(pixels[i + blue], alpha), alpha);
        }
        return rgba;
    }

    public void Save(string imagePath)
    {
        Alive(_pixels);
        var extension = Path.GetExtension(imagePath);
        if (!string.Equals(extension, ".png", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException(extension.Length == 0 ? "Path has invalid image file extension."
                : $"Saving image with the format '{extension}' is not supported. Try save it with `Png` format.", nameof(imagePath));
        using var file = new FileStream(imagePath, FileMode.Create, FileAccess.Write);
        PngWriter.Write(file, ToStraightRgba(), _width, _height, _opaque);
    }

    public void Dispose() => _pixels = null;

    T Alive<T>(T value) => _pixels is null ? throw new InvalidOperationException("Object is disposed.") : value;
}

public enum MLPixelFormat
{
    Unknown,
    Bgra32,
    Rgba32,
}

/// <summary>Premultiplication of 8-bit channels, rounded to the nearest.</summary>
static class Alpha
{
    public static byte Multiply(byte channel, byte alpha) => (byte)((channel * alpha + 127) / 255);

    public static byte Divide(byte channel, byte alpha) => alpha == 0 ? (byte)0 : (byte)Math.Min(255, (channel * 255 + alpha / 2) / alpha);
}
