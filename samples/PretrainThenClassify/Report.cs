using Extensions.ML.Trainers;
using Samples.Charts;
using Samples.Data;
using Samples.Drawing;
using Samples.Maps;
using Samples.Output;

namespace PretrainThenClassify;

/// <summary>What was found, as a page of charts and tables.</summary>
sealed class Report(SampleOptions options, int unlabelled, Digit[] test)
{
    static readonly string[] Digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    readonly HtmlReport page = new(options.Out, "Digits from few labels",
        $"An encoder learned from {unlabelled:N0} pictures without labels. Classifiers over it then learned from few labelled ones. "
        + $"Data: {(options.Data == null ? "digits drawn by this program" : "MNIST digits")}; accuracies on {test.Length:N0} test pictures.");

    public void AddAccuracies(Comparison comparison, Ways ways)
    {
        page.Section("What labels are worth",
            "Each way gets the same labelled pictures, as many of each digit. Frozen: the encoder stays as it is, and a linear layer learns to read its code. "
            + "Fine-tuned: then both learn on. From scratch: the same network, from its first weights. Pixels: a linear classifier without a network.");
        page.Add(
            ("accuracy.png", Chart("From few labels", [ways.FineTuned, ways.Frozen, ways.Scratch, ways.Pixels]),
                "Read across: how many labels a way needs for an accuracy. Read upwards: what it makes of the same labels."),
            ("accuracy-distorted.png", Chart("From few labels, distorted", [ways.FineTunedOnDistorted, ways.ScratchOnDistorted]),
                "The labelled pictures are turned, moved, scaled and slanted in training, as all pictures were for the encoder. What is left between the lines "
                + "is what the encoder brings beyond that."));
        page.Add(comparison.Table);

        Canvas Chart(string title, Way[] shown) => LineChart.Measurements(title, "Mean accuracy over choices of the labelled pictures",
            ("Labelled pictures", Axis.Log(comparison.Labels[0], comparison.Labels[^1])), ("Accuracy, %", Axis.Linear(comparison.Lowest, 100)),
            [.. shown.Select(way => new Series(way.Name, [.. comparison.Labels.Select(count => ((double)count, comparison.Mean(way, count)))], way.Colour))]);
    }

    /// <param name="codes">Of the first test pictures.</param>
    public void AddEncoder(TrainingHistory history, TimeSpan time, float[][] codes)
    {
        var (places, _) = Screen.Work("t-SNE", () => TSne.Map(codes));
        page.Section("What the encoder knows before it is told a label",
            $"It learned in {time.TotalSeconds:F0} s to draw pictures as they were from 64 numbers, after they had been distorted. So the numbers tell what a "
            + "picture shows rather than how that stands.");
        page.Add(
            ("codes.png", ScatterMap.Of("The codes of test pictures", "t-SNE: neighbours in the code space stay neighbours", places,
                [.. test.Take(codes.Length).Select(digit => (int)digit.Label)], Digits), "The colours are the digits, which the encoder was not told."),
            ("learning.png", LineChart.LearningCurves("Learning without labels", history),
                "The error of drawing distorted training pictures as they were, and of pictures kept out of training, which are not distorted."));
    }

    public void AddModel(Digit[] labelled, Classified[] predicted)
    {
        var right = test.Zip(predicted).Count(pair => pair.First.Label == pair.Second.PredictedDigit) / (double)test.Length;
        page.Section($"The classifier from {labelled.Length} labels", $"Fine-tuned, saved, loaded and asked again: {right:P1} of the test pictures are told right.");
        page.Add(
            ("labelled.png", ImageGrid.Of("All that it was told", $"{labelled.Length} labelled pictures", DigitPictures.Side,
                [.. labelled.GroupBy(digit => digit.Label).Select(group => ($"{group.Key}", (IReadOnlyList<float[]>)[.. group.Select(digit => digit.Pixels)]))]),
                "The other pictures came without labels."),
            ("confusions.png", HeatMap.Of("What it takes for what", "Per cent of the test pictures of a digit; right answers are left out", ("Digit", Digits),
                ("Taken for", Digits), Confusions(predicted)), "A row is a digit."));
    }

    float[][] Confusions(Classified[] predicted)
    {
        var shares = Array.ConvertAll(Digits, _ => new float[Digits.Length]);
        var counts = test.CountBy(digit => digit.Label).ToDictionary();
        foreach (var (digit, answer) in test.Zip(predicted))
            if (digit.Label != answer.PredictedDigit)
                shares[(int)digit.Label][(int)answer.PredictedDigit] += 100f / counts[digit.Label];
        return shares;
    }

    public void Save()
    {
        page.Save();
        Screen.Line("");
        Screen.Line($"The report: {page.Path}");
    }
}
