using System.Globalization;
using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Drawing;
using Samples.Output;
using ImageGrid = Samples.Charts.ImageGrid;

namespace ImageGeneration;

/// <summary>Pictures and figures of what the generators draw, on the screen and as a page.</summary>
sealed class Report(MLContext ml, SampleOptions options, int learned)
{
    readonly List<string[]> _rows = [];
    readonly List<(string Heading, string Text, (string, Canvas, string)[] Figures)> _sections = [];

    public void Add(string name, TimeSpan training, TimeSpan measuring, GenerationMetrics metrics, TrainingHistory history) => _rows.Add(
    [
        name, Text(metrics.FrechetDistance, "F2"), Text(metrics.KernelDistance, "F3"), Text(metrics.Precision, "F2"), Text(metrics.Recall, "F2"),
        Text(metrics.Density, "F2"), Text(metrics.Coverage, "F2"), Text(metrics.TwoSampleAccuracy, "P0"), $"{history.Epochs.Count}", $"{training.TotalSeconds:F0} s",
    ]);

    /// <summary>Ten of each digit, as a PNG file of the images alone and as a figure.</summary>
    public void AddGrid(Contestants.Contestant contestant, GeneratorTransformer model)
    {
        var name = contestant.Name;
        var rows = model.Classes.Select(digit => (digit, Pixels(ml.Generation.Sample(model, 10, seed: 3, condition: digit, contestant.Drawing)))).ToArray();
        var file = name.ToLowerInvariant();
        Directory.CreateDirectory(options.Out);
        ml.Generation.SaveGrid(ml.Data.LoadFromEnumerable(rows.SelectMany(row => row.Item2).Select(pixels => new Digit { Features = pixels })),
            Path.Combine(options.Out, $"{file}-grid.png"));
        _sections.Add((name, "Each row was asked for as one digit.", [($"{file}.png", ImageGrid.Of($"Drawn by {name}", "Asked for, from 0 to 9", DigitPictures.Side,
            [.. rows.Select(row => (row.digit, (IReadOnlyList<float[]>)row.Item2))]), $"Digits drawn by {name}")]));
    }

    /// <summary>From digit to digit, and along single latent values.</summary>
    public void AddLatentWalks(GeneratorTransformer model, IDataView given)
    {
        const int steps = 10;
        var between = Pixels(ml.Generation.Interpolate(model, given, steps)).Chunk(steps).ToArray();
        var walks = Enumerable.Range(0, 6).Select(unit => ($"value {unit}", Pixels(ml.Generation.WalkSamples(model, 1, unit, steps: steps, seed: 2, condition: "3"))));
        _sections.Add(("Latent vectors", "A picture is a point in a space of 20 dimensions. Left to right: from one real digit to another of the same class label, "
            + "along a great circle; and a digit with one of its latent values moved from -3 to 3.",
            [
                ("interpolation.png", ImageGrid.Of("From digit to digit", "Real digits encoded, and points between them decoded", DigitPictures.Side,
                    [.. between.Select((row, i) => ($"{i + 1}", (IReadOnlyList<float[]>)row))]), "Interpolation between real digits"),
                ("latent-walk.png", ImageGrid.Of("Along latent values", "One value moved from -3 to 3, the others kept", DigitPictures.Side,
                    [.. walks.Select(walk => (walk.Item1, (IReadOnlyList<float[]>)walk.Item2))]), "Walks along single latent values"),
            ]));
    }

    /// <summary>Digits on their way from noise.</summary>
    public void AddFilmStrip(GeneratorTransformer model, SamplingOptions? drawing)
    {
        const int frames = 10;
        var strips = new[] { "2", "5", "8" }.Select(digit => (digit, Pixels(ml.Generation.Trajectory(model, 1, frames, seed: 4, condition: digit, drawing as DiffusionSampling))));
        _sections.Add(("From noise to digits", "A diffusion model takes noise away step by step.", [("film-strip.png", ImageGrid.Of("From noise to digits",
            "Ten of the stages", DigitPictures.Side, [.. strips.Select(strip => (strip.digit, (IReadOnlyList<float[]>)strip.Item2))]), "Denoising, step by step")]));
    }

    /// <summary>The lower halves of digits, drawn to fit the upper ones.</summary>
    public void AddCompleted(string name, GeneratorTransformer model, IEnumerable<Digit> digits)
    {
        var given = digits.ToArray();
        var halves = given.Select(digit => new Digit
        {
            Label = digit.Label,
            Features = [.. digit.Features.Select((pixel, i) => i < digit.Features.Length / 2 ? pixel : float.NaN)],
        }).ToArray();
        var completed = Pixels(ml.Generation.Complete(model, ml.Data.LoadFromEnumerable(halves), seed: 5));
        _sections.Add(($"{name}: completed", "The upper half of a real digit was given, the lower half drawn to fit.", [($"completed-{name.ToLowerInvariant()}.png",
            ImageGrid.Of($"Completed by {name}", "Upper halves given", DigitPictures.Side,
            [
                ("given", [.. halves.Select(half => Array.ConvertAll(half.Features, pixel => float.IsNaN(pixel) ? 0.5f : pixel))]),
                ("drawn", completed),
                ("real", [.. given.Select(digit => digit.Features)]),
            ]), $"Lower halves drawn by {name}")]));
    }

    public void Save()
    {
        var html = new HtmlReport(options.Out, "Generated digits", $"Four kinds of generators learned from {learned:N0} digits. Data: "
            + (options.Data == null ? "digits rendered by this program." : "MNIST."));
        var table = new Table("Generated beside real digits",
            ["Generator", "Fréchet", "Kernel", "Precision", "Recall", "Density", "Coverage", "Told apart", "Epochs", "Training"], _rows,
            "In an embedding learned without labels. Lower is better for Fréchet and kernel distance; told apart: a classifier's accuracy, 50 % is best; the others "
                + "are best at 1.");
        Screen.Show(table);
        html.Section("Measured", "Are generated digits where real ones are (precision, density), and everywhere where real ones are (recall, coverage)?");
        html.Add(table);
        foreach (var (heading, text, figures) in _sections)
        {
            html.Section(heading, text);
            html.Add(figures);
        }
        html.Save();
        Screen.Line("");
        Screen.Line($"The report: {html.Path}");
    }

    static float[][] Pixels(IDataView view) => [.. view.GetColumn<float[]>(nameof(Digit.Features))];

    static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
