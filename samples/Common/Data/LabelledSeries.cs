using System.Globalization;
using System.Text.Json;

namespace Samples.Data;

/// <summary>A CSV file of a series, <c>timestamp,value</c> with a header, and the stretches of it that are labelled anomalous.</summary>
/// <param name="Path">The plain, unzipped file.</param>
/// <param name="Windows">From the first step to the last of each stretch.</param>
public sealed record LabelledSeries(string Name, string Path, IReadOnlyList<(DateTime From, DateTime To)> Windows)
{
    /// <summary>Unzips a series of the Numenta Anomaly Benchmark into the folder; <c>windows.json</c> lies beside it.</summary>
    public static LabelledSeries Unzip(string gzip, string folder)
    {
        var path = Gzip.Extract(gzip, folder);
        using var labels = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(gzip)!, "windows.json")));
        var windows = labels.RootElement.GetProperty(System.IO.Path.GetFileName(path)).EnumerateArray().Select(window => (Time(window[0]), Time(window[1])));
        return new(System.IO.Path.GetFileNameWithoutExtension(path), path, [.. windows]);

        static DateTime Time(JsonElement text) => DateTime.Parse(text.GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Writes a made series of the demand for rides into the folder.</summary>
    public static LabelledSeries MakeDemand(string folder, int weeks, int seed)
    {
        var path = System.IO.Path.Combine(folder, "rides.csv");
        var (steps, windows) = RideDemand.Simulate(weeks, seed);
        File.WriteAllLines(path, steps.Select(step => $"{step.Time:yyyy-MM-dd HH:mm:ss},{step.Value:F0}").Prepend("timestamp,value"));
        return new("rides", path, windows);
    }
}
