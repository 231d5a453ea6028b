using System.Globalization;
using Samples.Data;

namespace Extensions.ML.Docs.Tests;

/// <summary>The small made files that the blocks of the pages read, under the names that they use.</summary>
static class DataFiles
{
    public static void Write(string folder)
    {
        File.WriteAllLines(Path.Combine(folder, "pump.csv"), PumpTelemetry.Simulate(days: 4, seed: 1)
            .Select(row => $"{Line(row.Values)},{(row.Fault > 0 ? 1 : 0)}").Prepend($"{string.Join(',', PumpTelemetry.Sensors)},Fault"));
        MadeCustomers.Write(folder, count: 128, seed: 1);
        File.WriteAllLines(Path.Combine(folder, "taxi.csv"), RideDemand.Simulate(weeks: 3, seed: 1).Steps
            .Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Time:yyyy-MM-dd HH:mm:ss},{step.Value}")).Prepend("timestamp,value"));
        File.WriteAllLines(Path.Combine(folder, "captions.tsv"), MadePrices.Draw(count: 100, seed: 1)
            .Select(pair => $"{pair.Source}\t{pair.Target}").Prepend("English\tGerman"));
        File.WriteAllLines(Path.Combine(folder, "stories.txt"), MadePrices.Draw(count: 100, seed: 2).Select(pair => pair.Source).Prepend("Text"));
        File.WriteAllLines(Path.Combine(folder, "digits.csv"), MadeDigits.Draw(count: 128, seed: 1)
            .Select(digit => $"{Line(digit.Pixels)},{digit.Label}"));
    }

    static string Line(float[] values) => string.Join(',', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
