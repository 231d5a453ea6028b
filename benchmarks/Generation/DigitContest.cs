using System.Globalization;
using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Samples.Output;

namespace Benchmarks.Generation;

/// <summary>Digits that the generators draw, each asked for by its class, as an independent classifier sees them.</summary>
static class DigitContest
{
    /// <summary>A family of generators: how it learns digits by class.</summary>
    /// <param name="Name">Also in the names of its figures.</param>
    /// <param name="Fit">Learns from pictures, and tells how far it is.</param>
    /// <param name="Drawing">How digits are drawn, where not by the defaults.</param>
    sealed record Family(string Name, Func<IDataView, IProgress<TrainingProgress>, GeneratorTransformer> Fit, SamplingOptions? Drawing = null);

    /// <summary>How a diffusion model draws digits: quickly, and with some guidance, of which more costs variety.</summary>
    static readonly DiffusionSampling s_drawing = new() { Steps = 25, Guidance = 1.5 };

    static Family[] Families(MLContext ml, bool quick) =>
    [
        new("vae", Variational(ml, EvidenceBounds.Dense, quick)),
        new("vae.convolutional", Variational(ml, new ConvolutionalNetwork(), quick)),
        new("dcgan", (data, progress) => ml.Generation.Trainers.Gan(new GanTrainer.Options
        {
            LabelColumnName = "Label",
            Network = new ConvolutionalGan(),
            Epochs = quick ? 1 : 4,
            Progress = progress,
        }).Fit(data)),
        new("diffusion", (data, progress) => ml.Generation.Trainers.Diffusion(new DiffusionTrainer.Options
        {
            LabelColumnName = "Label",
            Network = new UNet(),
            // More steps from the same pictures: a lower loss than batches of 128 reach in as many epochs.
            BatchSize = 32,
            Optimizer = new Adam { LearningRate = 1.5e-3 },
            Epochs = quick ? 2 : 10,
            Progress = progress,
        }).Fit(data), s_drawing),
    ];

    static Func<IDataView, IProgress<TrainingProgress>, GeneratorTransformer> Variational(MLContext ml, NetworkDesign network, bool quick) =>
        (data, progress) => ml.Generation.Trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options
        {
            LabelColumnName = "Label",
            LatentSize = 20,
            Network = network,
            Epochs = quick ? 2 : 10,
            Progress = progress,
        }).Fit(data);

    /// <param name="ml">The context.</param>
    /// <param name="digits">The pictures.</param>
    /// <param name="options">How to run.</param>
    /// <param name="wanted">Which contestants run, by "digits, " and their names.</param>
    /// <param name="figures">Where the figures go.</param>
    public static IReadOnlyList<Table> Run(MLContext ml, DigitSet digits, BenchmarkOptions options, Func<string, bool> wanted,
        Dictionary<string, double> figures)
    {
        var families = Families(ml, options.Quick).Where(family => wanted($"digits, {family.Name}")).ToArray();
        if (families.Length == 0)
            return [];
        using var judge = Screen.Work("Classifier of real digits", () => DigitJudge.Train(ml, digits.Train, options.Quick)).Result;
        var real = judge.Features(digits.Test);
        var rows = new List<string[]>();
        var tables = new List<Table>();

        // Real digits against other real ones: what a perfect generator would reach.
        Measure("real", ml.Data.TakeRows(ml.Data.ShuffleRows(digits.Train), 10_000));
        foreach (var family in families)
        {
            using var model = Screen.Train($"Digits: {family.Name}", progress => family.Fit(digits.Train, progress)).Model;
            Measure(family.Name, ml.Generation.Sample(model, options.Quick ? 1_000 : 10_000, options: family.Drawing));
            if (model.Model is DiffusionModel)
                tables.Add(DiffusionSteps.Compare(ml, judge, real, model, s_drawing, options.Quick ? 40 : 1_000, figures));
        }
        var accuracy = figures["digits.classifier.accuracy"] = judge.Recognised(digits.Test);
        var headings = new[] { "Generator", "Recognised", "Fréchet", "Kernel x 1000", "Precision", "Recall", "Density", "Coverage", "Told apart" };
        return
        [
            new("Digits by class", headings, [.. rows],
                $"Real: training pictures. Recognised: share that the classifier (accuracy {accuracy:P2}) sees as the digit asked for. The rest: in the 64 features "
                    + "before its scores, against the test pictures. Told apart: accuracy of a two-sample test, at best 50 %."),
            .. tables,
        ];

        void Measure(string name, IDataView pictures)
        {
            var ((recognised, metrics), _) = Screen.Work($"Digits: measuring {name}", () =>
            {
                var held = ml.Data.Cache(pictures);
                return (judge.Recognised(held), ml.Generation.Evaluate(real, judge.Features(held)));
            });
            (string Figure, double Value, string Format)[] measured =
            [
                ("recognised", recognised, "P1"), ("frechet", metrics.FrechetDistance, "F3"), ("kernel", 1000 * metrics.KernelDistance, "F3"),
                ("precision", metrics.Precision, "F3"), ("recall", metrics.Recall, "F3"), ("density", metrics.Density, "F3"),
                ("coverage", metrics.Coverage, "F3"), ("told.apart", metrics.TwoSampleAccuracy, "P1"),
            ];
            foreach (var (figure, value, _) in measured)
                figures[$"digits.{name}.{figure}"] = value;
            rows.Add([name, .. measured.Select(m => m.Value.ToString(m.Format, CultureInfo.InvariantCulture))]);
        }
    }
}
