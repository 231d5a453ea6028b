using Samples.Data;

namespace Samples.Tests;

[TestClass]
public sealed class MadeDataTests
{
    [TestMethod]
    public void WhatHappensToTheDemandForRidesLiesInItsWindows()
    {
        var (steps, windows) = RideDemand.Simulate(weeks: 16, seed: 3);
        Assert.HasCount(16 * 7 * 48, steps);
        Assert.HasCount(8, windows);
        bool Usual(DateTime time) => !windows.Any(window => time >= window.From && time <= window.To);

        // The same half hour of the same weekday, over the weeks in which nothing happens.
        var means = steps.Where(step => Usual(step.Time)).GroupBy(step => (step.Time.DayOfWeek, step.Time.TimeOfDay))
            .ToDictionary(group => group.Key, group => group.Average(step => step.Value));
        double Ratio((DateTime Time, float Value) step) => step.Value / means[(step.Time.DayOfWeek, step.Time.TimeOfDay)];
        Assert.IsTrue(steps.Where(step => Usual(step.Time)).All(step => Ratio(step) is > 0.75 and < 1.25));
        foreach (var window in windows)
        {
            var inside = steps.Where(step => step.Time >= window.From && step.Time <= window.To).ToArray();
            Assert.IsGreaterThan(inside.Length / 2, inside.Count(step => Ratio(step) is < 0.75 or > 1.25), $"{window.From}");
            Assert.IsLessThan(steps.Where(step => Usual(step.Time)).Max(step => step.Value), inside.Max(step => step.Value),
                "a value that is high at any time");
        }
    }

    [TestMethod]
    public void AMadeSeriesIsWrittenWithItsTimes()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var series = LabelledSeries.MakeDemand(folder, weeks: 2, seed: 1);
            var lines = File.ReadAllLines(series.Path);
            Assert.AreEqual("timestamp,value", lines[0]);
            Assert.StartsWith("2024-01-01 00:30:00,", lines[2]);
            Assert.HasCount(2 * 7 * 48 + 1, lines);
            Assert.HasCount(1, series.Windows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    [DataRow(1, "one", "eins")]
    [DataRow(21, "twenty-one", "einundzwanzig")]
    [DataRow(101, "one hundred and one", "einhunderteins")]
    [DataRow(1_017, "one thousand and seventeen", "eintausendsiebzehn")]
    [DataRow(31_216, "thirty-one thousand two hundred and sixteen", "einunddreißigtausendzweihundertsechzehn")]
    [DataRow(100_001, "one hundred thousand and one", "einhunderttausendeins")]
    [DataRow(999_990, "nine hundred and ninety-nine thousand nine hundred and ninety", "neunhundertneunundneunzigtausendneunhundertneunzig")]
    public void NumbersAreWritten(int number, string english, string german)
    {
        Assert.AreEqual(english, MadeNumbers.English(number));
        Assert.AreEqual(german, MadeNumbers.German(number));
    }

    [TestMethod]
    public void PricesAreDrawnOnce()
    {
        var pairs = MadePrices.Draw(500, seed: 1);
        Assert.HasCount(500, pairs);
        Assert.AreEqual(500, pairs.Select(pair => pair.Source).Distinct().Count());
        foreach (var pair in pairs)
            Assert.HasCount(6, pair.Target.Split(' '));
    }
}
