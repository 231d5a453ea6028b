using Microsoft.ML;
using Samples.Output;

namespace PretrainThenClassify;

/// <summary>Every way, trained on the same few labels and judged on the same test pictures; several times, with other labels each time.</summary>
/// <param name="Ways">In the order of the table.</param>
/// <param name="Labels">Numbers of labelled pictures.</param>
/// <param name="Accuracies">For each way and number of labels: one for each choice of the labelled pictures, in per cent.</param>
sealed record Comparison(IReadOnlyList<Way> Ways, IReadOnlyList<int> Labels, IReadOnlyDictionary<(Way Way, int Labels), double[]> Accuracies)
{
    public static Comparison Run(MLContext ml, Way[] ways, Digit[] training, Digit[] test, int[] labels, int choices)
    {
        var tests = ml.Data.LoadFromEnumerable(test);
        var (accuracies, _) = Screen.Progress("Classifiers", progress =>
        {
            var found = new Dictionary<(Way, int), double[]>();
            var (done, all) = (0, labels.Length * ways.Length * choices);
            foreach (var count in labels)
                foreach (var way in ways)
                    found[(way, count)] = [.. Enumerable.Range(1, choices).Select(seed =>
                    {
                        using var model = way.Classifier(ml).Fit(ml.Data.LoadFromEnumerable(Digit.Choose(training, count / 10, seed)));
                        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(tests), Way.Label);
                        progress.Report((++done / (double)all, $"{count:N0} labels, {way.Name}: {metrics.MicroAccuracy:P1}"));
                        return 100 * metrics.MicroAccuracy;
                    })];
            return found;
        });
        return new(ways, labels, accuracies);
    }

    public double Lowest => Accuracies.Values.Min(values => values.Average());

    public double Mean(Way way, int labels) => Accuracies[(way, labels)].Average();

    public Table Table => new("Accuracy by the number of labels", ["Labels", .. Ways.Select(way => way.Name)],
        [.. Labels.Select(count => (string[])[$"{count:N0}", .. Ways.Select(way => $"{Mean(way, count):F1} ± {Deviation(Accuracies[(way, count)]):F1}")])],
        $"Per cent of the test pictures: mean and standard deviation over {Accuracies.Values.First().Length} choices of the labelled pictures.");

    static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
