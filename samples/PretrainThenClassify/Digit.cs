using Microsoft.ML.Data;
using Samples.Data;

namespace PretrainThenClassify;

/// <summary>A picture of a digit, and which one it is. The label is read by the classifiers alone.</summary>
sealed class Digit
{
    [VectorType(DigitPictures.Side * DigitPictures.Side)]
    public float[] Pixels { get; set; } = [];

    public float Label { get; set; }

    public static Digit[] From(IEnumerable<(float[] Pixels, int Label)> pictures) =>
        [.. pictures.Select(picture => new Digit { Pixels = picture.Pixels, Label = picture.Label })];

    /// <summary>The same number of each digit, chosen at random: all that a classifier is told the labels of.</summary>
    public static Digit[] Choose(IEnumerable<Digit> digits, int ofEach, int seed)
    {
        var shuffled = digits.ToArray();
        new Random(seed).Shuffle(shuffled);
        return [.. shuffled.GroupBy(digit => digit.Label).OrderBy(group => group.Key).SelectMany(group => group.Take(ofEach))];
    }
}

/// <summary>What a classifier says of a picture.</summary>
sealed class Classified
{
    public float PredictedDigit { get; set; }

    public float[] Score { get; set; } = [];
}
