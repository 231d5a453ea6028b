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
}
