using Samples.Charts;
using Samples.Drawing;

namespace Samples.Tests;

[TestClass]
public sealed class ChartTests
{
    [TestMethod]
    public void ColourMapsMeetTheirEndsAndMiddle()
    {
        Assert.AreEqual(Colour.Of("F4F6F8"), ColourMap.Sequential.At(0));
        Assert.AreEqual(Colour.Of("132B52"), ColourMap.Sequential.At(1));
        Assert.AreEqual(ColourMap.Sequential.At(1), ColourMap.Sequential.At(7));
        Assert.AreEqual(Colour.Of("F5F6F7"), ColourMap.Diverging.At(0.5));
        Assert.AreEqual(ColourMap.Diverging.At(0), ColourMap.Diverging.At(double.NaN));
    }

    /// <summary>In grey, and to any colour-blindness that keeps light apart from dark, more must look darker.</summary>
    [TestMethod]
    public void LightFallsSteadilyAlongTheColourMaps()
    {
        static double Light(Colour c) => 0.2126 * c.R + 0.7152 * c.G + 0.0722 * c.B;
        for (var i = 1; i <= 100; i++)
        {
            Assert.IsLessThan(Light(ColourMap.Sequential.At((i - 1) / 100.0)), Light(ColourMap.Sequential.At(i / 100.0)), $"sequential {i}");
            var (inner, outer) = (0.5 + (i - 1) / 200.0, 0.5 + i / 200.0);
            Assert.IsLessThan(Light(ColourMap.Diverging.At(inner)), Light(ColourMap.Diverging.At(outer)), $"red {i}");
            Assert.IsLessThan(Light(ColourMap.Diverging.At(1 - inner)), Light(ColourMap.Diverging.At(1 - outer)), $"blue {i}");
        }
    }

    [TestMethod]
    [DataRow(1), DataRow(60), DataRow(3_600), DataRow(86_400), DataRow(900_000), DataRow(7_000_000), DataRow(60_000_000), DataRow(900_000_000)]
    public void TimeAxesHaveAFewTicksInsideTheirEnds(long seconds)
    {
        var from = new DateTime(2013, 12, 2, 21, 15, 0);
        var axis = Axis.Time(from, from.AddSeconds(seconds));
        Assert.IsTrue(axis.Ticks.Count is >= 1 and <= 16, $"{axis.Ticks.Count} ticks");
        Assert.IsTrue(axis.Ticks.All(tick => tick >= axis.Min && tick <= axis.Max));
        Assert.HasCount(axis.Labels.Count, axis.Labels.Distinct().ToArray());
        Assert.AreEqual((0.0, 1.0), (axis.Place(from.Ticks), axis.Place(from.AddSeconds(seconds).Ticks)));
    }

    [TestMethod]
    public void AccentedLettersAreDrawn()
    {
        var unknown = StrokeFont.Of('\uFFFF');
        foreach (var letter in "äöüÄÖÜßéèêñçåšž“”„’")
            Assert.AreNotEqual(unknown, StrokeFont.Of(letter), letter.ToString());
        Assert.AreEqual(StrokeFont.Of('o').Width, StrokeFont.Of('ö').Width);
        Assert.HasCount(StrokeFont.Of('o').Strokes.Count + 2, StrokeFont.Of('ö').Strokes);
    }

    /// <summary>Queries go down and keys across, with the first of each at the top left.</summary>
    [TestMethod]
    public void AttentionStandsWhereQueryMeetsKey()
    {
        var (upperRight, lowerLeft) = (Draw(new[,] { { 0f, 0, 1 }, { 0, 0, 0 } }), Draw(new[,] { { 0f, 0, 0 }, { 1, 0, 0 } }));
        var columns = upperRight.Pixels.Length / (upperRight.Height * 2);
        var (darkAbove, darkBelow) = (DarkerThan(upperRight.Pixels, lowerLeft.Pixels), DarkerThan(lowerLeft.Pixels, upperRight.Pixels));
        Assert.HasCount(darkBelow.Length, darkAbove, "one cell each");
        Assert.IsGreaterThan(darkBelow.Max(pixel => pixel % columns), darkAbove.Min(pixel => pixel % columns));
        Assert.IsGreaterThan(darkAbove.Max(pixel => pixel / columns), darkBelow.Min(pixel => pixel / columns));

        static (float[] Pixels, int Height) Draw(float[,] weights)
        {
            var chart = AttentionChart.Of("", "", ["a", "b"], ["c", "d", "e"], [("", weights)]);
            return (chart.ToGrey(), chart.Height);
        }

        static int[] DarkerThan(float[] a, float[] b) => [.. Enumerable.Range(0, a.Length).Where(pixel => a[pixel] < b[pixel])];
    }

    [TestMethod]
    public void AttentionOfAnotherSizeIsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => AttentionChart.Of("", "", ["a"], ["b"], [("x", new float[2, 1])]));
        Assert.ThrowsExactly<ArgumentException>(() => AttentionChart.Of("", "", [], ["b"], [("x", new float[0, 1])]));
        Assert.ThrowsExactly<ArgumentException>(() => AttentionChart.Of("", "", ["a"], ["b"], []));
    }
}
