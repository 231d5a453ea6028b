using Samples.Output;

namespace Samples.Data;

/// <summary>Pictures of digits with their labels: MNIST's where they are at hand, otherwise those that <see cref="MadeDigits"/> draws.</summary>
/// <param name="Training">60,000 of MNIST or 20,000 drawn ones; a tenth or so for a quick job.</param>
/// <param name="Test">Other ones.</param>
public sealed record DigitPictures(IReadOnlyList<(float[] Pixels, int Label)> Training, IReadOnlyList<(float[] Pixels, int Label)> Test)
{
    public const int Side = MadeDigits.Side;

    /// <summary>The same pictures in every process with the same options.</summary>
    public static DigitPictures Load(SampleOptions options) => options.Data == null
        ? new([.. MadeDigits.Draw(options.Quick ? 3_000 : 20_000, seed: 1)], [.. MadeDigits.Draw(options.Quick ? 500 : 4_000, seed: 2)])
        : new(Read(options.Data, "train", options.Quick ? 6_000 : 60_000), Read(options.Data, "t10k", options.Quick ? 1_000 : 10_000));

    static IReadOnlyList<(float[], int)> Read(string folder, string split, int count)
    {
        string At(string kind) => Path.Combine(folder, "mnist", $"{split}-{kind}-ubyte.gz");
        return [.. Idx.ReadImages(At("images-idx3"), count).Zip(Idx.ReadLabels(At("labels-idx1"), count), (pixels, label) => (pixels, (int)label))];
    }
}
