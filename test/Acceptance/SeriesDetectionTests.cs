using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Acceptance.Tests;

/// <summary>The defaults of the series detector on series of the Numenta Anomaly Benchmark.</summary>
[TestClass]
public class SeriesDetectionTests
{
    sealed class Step
    {
        public DateTime Time { get; set; }

        public float Value { get; set; }
    }

    [TestMethod]
    [DataRow("machine_temperature_system_failure")]
    [DataRow("nyc_taxi")]
    public void Every_labelled_window_is_hit_with_few_false_alarms(string name)
    {
        var (steps, windows) = Read(name);
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(steps);
        using var detector = ml.AnomalyDetection.Trainers.AutoencoderSeries("Value", "Time").Fit(data);
        var reported = steps.Zip(detector.Transform(data).GetColumn<bool>("PredictedLabel")).ToArray();

        foreach (var window in windows)
            Assert.IsTrue(reported.Any(step => step.Second && IsIn(window, step.First)), $"the window from {window.From} is missed");
        var outside = reported.Where(step => !windows.Any(window => IsIn(window, step.First))).ToArray();
        Assert.IsLessThanOrEqualTo(0.01, outside.Count(step => step.Second) / (double)outside.Length);
    }

    static bool IsIn((DateTime From, DateTime To) window, Step step) => step.Time >= window.From && step.Time <= window.To;

    static (Step[] Steps, (DateTime From, DateTime To)[] Windows) Read(string name)
    {
        var folder = Folder();
        using var text = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, name + ".csv.gz")), CompressionMode.Decompress));
        var steps = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))
            .Select(fields => new Step { Time = Time(fields[0]), Value = float.Parse(fields[1], CultureInfo.InvariantCulture) });
        using var labels = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "windows.json")));
        var windows = labels.RootElement.GetProperty(name + ".csv").EnumerateArray()
            .Select(window => (Time(window[0].GetString()!), Time(window[1].GetString()!)));
        return ([.. steps], [.. windows]);

        static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>shared/data/timeseries/nab in a folder above this source.</summary>
    static string Folder([CallerFilePath] string source = "")
    {
        for (var folder = new FileInfo(source).Directory; folder != null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", "timeseries", "nab") is var candidate && Directory.Exists(candidate))
                return candidate;
        throw new AssertInconclusiveException("The series are not here: shared/data/timeseries/nab in a folder above this source.");
    }
}
