using System.Diagnostics;
using Extensions.ML;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Output;

namespace AnomalyDetection;

/// <summary>A step of a series, and what the detector says of it.</summary>
sealed class Step
{
    public DateTime Time { get; set; }

    public float Value { get; set; }

    /// <summary>What the detector expected instead of the value.</summary>
    public float[] Expected { get; set; } = [];

    public float Score { get; set; }

    public bool PredictedLabel { get; set; }
}

/// <summary>
/// Finds the steps of a series that do not follow from the steps before, the hour and the day of the week. The detector learns from the whole
/// series without labels; each step keeps its time, and gets a score and the value that was expected.
/// </summary>
sealed class SeriesOverTime(MLContext ml, SampleOptions options, HtmlReport report)
{
    public void Run()
    {
        report.Section("Series: steps that do not follow from those before",
            "The detector sees every step with the eleven before it, and its place in the day and in the week. The threshold is the score "
            + "that one step in a hundred exceeds.");
        var rows = new List<string[]>();
        foreach (var series in All())
            rows.Add(Detect(series));
        var results = new Table("Series", ["Series", "Steps", "Windows hit", "False alarms", "Needed", "Fit, s", "µs a step"], rows,
            "Windows: stretches that people labelled; hit where one step in them is reported. False alarms: share of the steps outside all "
            + "windows that are reported; needed: at the highest threshold that still hits all windows. "
            + "The last column: steps one by one, as they would arrive.");
        Screen.Show(results);
        report.Add(results);
    }

    string[] Detect(LabelledSeries series)
    {
        var data = ml.Data.LoadFromTextFile(series.Path,
            [new TextLoader.Column("Time", DataKind.DateTime, 0), new TextLoader.Column("Value", DataKind.Single, 1)],
            separatorChar: ',', hasHeader: true);
        var (detector, fitTime) = Screen.Train($"Detector on {series.Name}", progress =>
            ml.AnomalyDetection.Trainers.AutoencoderSeries(new SeriesAnomalyTrainer.Options
            {
                ValueColumnName = "Value",
                TimeColumnName = "Time",
                ExpectedColumnName = "Expected",
                Epochs = options.Quick ? 10 : null,
                Progress = progress,
            }).Fit(data));
        var steps = ml.Data.CreateEnumerable<Step>(detector.Transform(data), reuseRowObject: false).ToArray();

        Describe(series, steps, detector);
        var hits = series.Windows.Count(window => steps.Any(step => step.PredictedLabel && IsIn(window, step)));
        return
        [
            series.Name, $"{steps.Length:N0}", $"{hits} of {series.Windows.Count}", $"{FalseAlarms(series, steps, 0):P2}",
            $"{FalseAlarms(series, steps, ScoreThatHitsAll(series, steps)):P2}", $"{fitTime.TotalSeconds:F1}",
            $"{Stream(series, detector, data.Schema, steps).TotalMicroseconds:F0}",
        ];
    }

    static bool IsIn((DateTime From, DateTime To) window, Step step) => step.Time >= window.From && step.Time <= window.To;

    /// <summary>The share of the steps outside all windows that have at least this score, and more than 0 where the score is 0.</summary>
    static double FalseAlarms(LabelledSeries series, Step[] steps, float score)
    {
        var outside = steps.Where(step => !series.Windows.Any(window => IsIn(window, step))).ToArray();
        return outside.Count(step => score == 0 ? step.PredictedLabel : step.Score >= score) / (double)outside.Length;
    }

    /// <summary>The highest score that a step of every window reaches.</summary>
    static float ScoreThatHitsAll(LabelledSeries series, Step[] steps) =>
        series.Windows.Min(window => steps.Where(step => IsIn(window, step)).Max(step => step.Score));

    /// <summary>Saves the detector, loads it as a service would, and feeds it the steps one by one.</summary>
    /// <returns>The mean time of a step.</returns>
    TimeSpan Stream(LabelledSeries series, SeriesAnomalyTransformer detector, DataViewSchema schema, Step[] steps)
    {
        var path = Path.Combine(options.Out, $"{series.Name}.zip");
        ml.Model.Save(detector, schema, path);
        using var loaded = (SeriesAnomalyTransformer)new MLContext().Model.Load(path, out _);
        using var stream = loaded.OpenStream();
        var largest = 0f;
        var watch = Stopwatch.StartNew();
        foreach (var step in steps)
            largest = Math.Max(largest, MathF.Abs(stream.Score(step.Value, step.Time) - step.Score));
        Screen.Line($"Saved, loaded and fed step by step, it gives the same scores (largest difference {largest:G2}).");
        return watch.Elapsed / steps.Length;
    }

    void Describe(LabelledSeries series, Step[] steps, SeriesAnomalyTransformer detector)
    {
        var strongest = Reports(steps).Take(6).ToArray();
        var table = new Table($"{series.Name}: the strongest reports", ["From", "Highest at", "Steps", "Value", "Expected", "Score", "Labelled"],
        [
            .. strongest.Select(run =>
            {
                var peak = run.MaxBy(step => step.Score)!;
                return new[]
                {
                    $"{run[0].Time:yyyy-MM-dd HH:mm}", $"{peak.Time:yyyy-MM-dd HH:mm}", $"{run.Length}", $"{peak.Value:G5}", $"{peak.Expected[0]:G5}",
                    $"{peak.Score:F2}", series.Windows.Any(window => IsIn(window, peak)) ? "yes" : "no",
                };
            }),
        ], "Reported steps of one day are one report. Expected: the value that would have followed the pattern.");
        Screen.Show(table);

        report.Section(series.Name, $"{steps.Length:N0} steps from {steps[0].Time:d MMMM yyyy} to {steps[^1].Time:d MMMM yyyy}, "
            + $"{series.Windows.Count} stretches labelled anomalous.");
        report.Add(($"{series.Name}-scores.png", SeriesChart.Of($"Scores over time: {series.Name}",
            "Above the series, below the score of each step; shaded what people labelled, dots where the detector reports", "Value",
            Scored(series, steps, expected: false)), "Each stretch of reported steps has one dot, at its highest score."));
        report.Add(table);
        var around = strongest.Length == 0 ? steps[0].Time : strongest[0].MaxBy(step => step.Score)!.Time;
        var near = steps.Where(step => (step.Time - around).Duration() < TimeSpan.FromDays(3)).ToArray();
        report.Add(
            ($"{series.Name}-strongest.png", SeriesChart.Of($"The strongest report: {series.Name}",
                "Three days before and after, with the value that the detector expected at each step", "Value", Scored(series, near, expected: true)),
                "A step is scored by how far its value lies from the expected one."));
        report.Add(($"{series.Name}-learning.png", LineChart.LearningCurves($"Learning curve: {series.Name}", detector.History),
            "How well windows are rebuilt, over the training."));

        SeriesChart.Scored Scored(LabelledSeries series, Step[] steps, bool expected) => new(Array.ConvertAll(steps, step => step.Time),
            Array.ConvertAll(steps, step => step.Value), Array.ConvertAll(steps, step => step.Score), 0, series.Windows,
            expected ? Array.ConvertAll(steps, step => step.Expected[0]) : null);
    }

    /// <summary>Runs of reported steps that lie less than a day apart, by falling score.</summary>
    static IEnumerable<Step[]> Reports(Step[] steps)
    {
        var runs = new List<List<Step>>();
        foreach (var step in steps.Where(step => step.PredictedLabel))
            if (runs.Count > 0 && step.Time - runs[^1][^1].Time < TimeSpan.FromDays(1))
                runs[^1].Add(step);
            else
                runs.Add([step]);
        return runs.OrderByDescending(run => run.Max(step => step.Score)).Select(run => run.ToArray());
    }

    /// <summary>The series, put into the output folder as plain CSV files.</summary>
    IEnumerable<LabelledSeries> All()
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Out, "data")).FullName;
        string[] names = options.Quick ? ["nyc_taxi"] : ["nyc_taxi", "machine_temperature_system_failure"];
        return options.Data == null
            ? [LabelledSeries.MakeDemand(folder, weeks: options.Quick ? 8 : 26, seed: 1)]
            : names.Select(name => LabelledSeries.Unzip(Path.Combine(options.Data, "timeseries", "nab", name + ".csv.gz"), folder));
    }
}
