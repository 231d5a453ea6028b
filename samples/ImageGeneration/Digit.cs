using Microsoft.ML.Data;
using Samples.Data;

namespace ImageGeneration;

/// <summary>A picture of a digit, and which one it is.</summary>
sealed class Digit
{
    [VectorType(DigitPictures.Side * DigitPictures.Side)]
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";

    public static Digit[] From(IEnumerable<(float[] Pixels, int Label)> pictures) =>
        [.. pictures.Select(picture => new Digit { Features = picture.Pixels, Label = $"{picture.Label}" })];
}
