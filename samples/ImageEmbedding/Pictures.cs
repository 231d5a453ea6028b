using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Samples.Data;
using Samples.Output;

namespace ImageEmbedding;

/// <summary>A file with a picture of a digit, and which digit it is.</summary>
sealed class Picture
{
    public string File { get; set; } = "";

    public float Label { get; set; }
}

/// <summary>Digits as PNG files in a folder, as the pictures of a real application would be.</summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="Training">Pictures to learn from; their labels are not used.</param>
/// <param name="Test">Pictures that the network has not seen.</param>
sealed record Pictures(string Folder, Picture[] Training, Picture[] Test)
{
    public const int Side = DigitPictures.Side;

    /// <summary>Writes the pictures out: MNIST's where they are at hand, otherwise digits drawn by this program.</summary>
    public static Pictures Write(SampleOptions options)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Out, "pictures")).FullName;
        var (training, test) = DigitPictures.Load(options);
        return new(folder, Write(folder, "train", training.Take(options.Quick ? 2_000 : 20_000)), Write(folder, "test", test.Take(options.Quick ? 500 : 2_000)));
    }

    static Picture[] Write(string folder, string split, IEnumerable<(float[] Pixels, int Label)> digits)
    {
        Directory.CreateDirectory(Path.Combine(folder, split));
        return [.. digits.Select((digit, i) =>
        {
            var file = Path.Combine(split, $"{i:00000}.png");
            var pixels = Array.ConvertAll(digit.Pixels, pixel => 0xFF000000u | (uint)(pixel * 255 + 0.5f) * 0x010101u);
            using var image = MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Bgra32, MemoryMarshal.AsBytes(pixels.AsSpan()));
            image.Save(Path.Combine(folder, file));
            return new Picture { File = file, Label = digit.Label };
        })];
    }
}
