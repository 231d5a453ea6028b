using System.Runtime.CompilerServices;
using Microsoft.ML.Data;

namespace ImageAnalytics.Reference.Tests;

/// <summary>Pictures for tests, and a look at their pixels that does not depend on how the library orders their channels.</summary>
static class Pictures
{
    public static MLImage Decode(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return MLImage.CreateFromStream(stream);
    }

    /// <summary>An opaque picture whose pixel in column x and row y is this colour.</summary>
    public static MLImage Make(int width, int height, Func<int, int, (int R, int G, int B)> colourOf)
    {
        var pixels = new byte[width * height * 4];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var (r, g, b) = colourOf(x, y);
                new[] { (byte)r, (byte)g, (byte)b, (byte)255 }.CopyTo(pixels, (y * width + x) * 4);
            }
        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
    }

    /// <summary>R, G, B and A as the pixel is stored.</summary>
    public static (byte R, byte G, byte B, byte A) At(this MLImage image, int x, int y)
    {
        var pixel = image.Pixels.Slice((y * image.Width + x) * 4, 4);
        return image.PixelFormat == MLPixelFormat.Bgra32 ? (pixel[2], pixel[1], pixel[0], pixel[3]) : (pixel[0], pixel[1], pixel[2], pixel[3]);
    }

    /// <summary>The folder of MNIST, with some of it as PNG: shared/data/mnist in a folder above this source file.</summary>
    public static string MnistFolder([CallerFilePath] string source = "")
    {
        for (var folder = new FileInfo(source).Directory; folder != null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", "mnist") is var candidate && Directory.Exists(candidate))
                return candidate;
        throw new AssertInconclusiveException("MNIST is not here: shared/data/mnist in a folder above this source.");
    }
}
