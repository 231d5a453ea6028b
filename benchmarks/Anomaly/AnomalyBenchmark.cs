using System.Globalization;
using Samples.Output;

namespace Benchmarks.Anomaly;

/// <summary>
/// How well our detector's defaults find the anomalies of tables, beside ML.NET's RandomizedPca and the isolation forest and the nearest
/// neighbours of scikit-learn.
/// </summary>
static class AnomalyBenchmark
{
    public static Findings Run(BenchmarkOptions options)
    {
        PythonPeer.Require("sklearn");
        using var detectors = new Detectors(options);
        var names = detectors.All.Select(detector => detector.Name).ToArray();
        var found = new List<(DetectionSet Set, Detection[] Detections)>();
        foreach (var set in DetectionSet.All(options.Data))
            found.Add((set, Screen.Work($"{set.Name}, {set.Rows.Length:N0} x {set.Width}", () => Detect(detectors, set, options.Seeds)).Result));

        var ranks = found.Select(row => Ranks(Array.ConvertAll(row.Detections, detection => detection.Auroc))).ToArray();
        var means = names.Select((_, i) => new
        {
            auroc = found.Average(row => row.Detections[i].Auroc),
            ap = found.Average(row => row.Detections[i].Ap),
            rank = ranks.Average(rank => rank[i]),
        }).ToArray();
        return new(
            [
                PerSet("Area under the ROC curve", detection => detection.Auroc, "F4"),
                PerSet("Average precision", detection => detection.Ap, "F4"),
                PerSet("Seconds to fit and score, one seed", detection => detection.Seconds, "F2", Notes(found.Select(row => row.Set))),
                new($"Means over the sets ({found.Count})", ["Detector", "AUROC", "Average precision", "Rank by AUROC"],
                    [.. names.Zip(means, (name, mean) => new[] { name, Figure(mean.auroc, "F4"), Figure(mean.ap, "F4"), Figure(mean.rank, "F2") })]),
            ],
            new
            {
                sets = found.SelectMany(row => names.Zip(row.Detections, (method, detection) => new
                {
                    name = row.Set.Name, method, auroc = detection.Auroc, ap = detection.Ap, seconds = detection.Seconds,
                })).ToArray(),
                mean = names.Zip(means).ToDictionary(pair => pair.First, pair => pair.Second),
            });

        Table PerSet(string title, Func<Detection, double> value, string format, string note = "") => new(title, ["Set", .. names],
            [.. found.Select(row => (string[])[row.Set.Name, .. row.Detections.Select(detection => Figure(value(detection), format))])], note);
    }

    /// <summary>What each detector finds: means over the seeds, of the times the median.</summary>
    static Detection[] Detect(Detectors detectors, DetectionSet set, int[] seeds)
    {
        detectors.Use(set);
        return
        [
            .. detectors.All.Select(detector =>
            {
                var runs = (detector.Seeded ? seeds : seeds[..1]).Select(seed => detector.Detect(set, seed)).ToArray();
                return new Detection(runs.Average(run => run.Auroc), runs.Average(run => run.Ap),
                    runs.Select(run => run.Seconds).Order().ElementAt(runs.Length / 2));
            }),
        ];
    }

    /// <summary>Places in falling order, the best 1; equal values share the mean of their places.</summary>
    static double[] Ranks(double[] values) =>
        Array.ConvertAll(values, value => values.Count(other => other > value) + (values.Count(other => other == value) + 1) / 2.0);

    static string Notes(IEnumerable<DetectionSet> sets)
    {
        var sampled = sets.Where(set => set.Rows.Length > Detectors.MostReferences).Select(set => set.Name).ToArray();
        return "RandomizedPca: behind NormalizeMinMax, rank a third of the columns. IsolationForest: defaults. kNN: distance to the 5th neighbour, "
            + "standardised features"
            + (sampled.Length == 0 ? "." : $"; on {string.Join(", ", sampled)} against a sample of {Detectors.MostReferences:N0} rows.");
    }

    static string Figure(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
