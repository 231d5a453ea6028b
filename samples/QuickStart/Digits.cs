using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Output;

namespace QuickStart;

/// <summary>A picture of a digit.</summary>
sealed class Digit
{
    [VectorType(784)]
    public float[] Pixels { get; set; } = [];

    public float Label { get; set; }
}

/// <summary>
/// Learns 64 numbers that stand for a picture, without its label. A linear classifier then learns the labels from few rows; it is the
/// better, the more of the picture's meaning the 64 numbers hold. Beside it: the same classifier on the pixels, and on 64 principal
/// components.
/// </summary>
static class Digits
{
    public const string Model = "digits.zip";
    const int EmbeddingSize = 64;

    public static void Run(Job job)
    {
        var ml = job.ML;
        var (training, testing) = Load(job.Options);
        var train = ml.Data.LoadFromEnumerable(training);
        var test = ml.Data.LoadFromEnumerable(testing);
        var labelled = ml.Data.LoadFromEnumerable(training.Take(job.Options.Quick ? 1_000 : 10_000));

        // The embedding: learned from all pictures, without labels.
        var (embedding, fitTime) = Screen.Train("Autoencoder on digits", progress =>
            ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
            {
                OutputColumnName = "Embedding",
                InputColumnName = nameof(Digit.Pixels),
                ReconstructionColumnName = "Reconstruction",
                EmbeddingSize = EmbeddingSize,
                ValidationFraction = 0.02,
                Progress = progress,
            }).Fit(train));
        var (pca, pcaTime) = Screen.Work("PCA with 64 components", () =>
            ml.Transforms.ProjectToPrincipalComponents("Embedding", nameof(Digit.Pixels), rank: EmbeddingSize).Fit(train));

        // The classifier: learned from the labelled rows on each of the three inputs. The cache runs the network once for each row.
        (ITransformer Model, MulticlassClassificationMetrics Metrics, TimeSpan Time) Classify(string name, ITransformer? features)
        {
            var input = features == null ? nameof(Digit.Pixels) : "Embedding";
            var classifier = ml.Transforms.Conversion.MapValueToKey(nameof(Digit.Label))
                .AppendCacheCheckpoint(ml)
                .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: input));
            var (fitted, time) = Screen.Work($"Linear classifier on {name}",
                () => classifier.Fit(features?.Transform(labelled) ?? labelled));
            var model = new TransformerChain<ITransformer>(features == null ? [fitted] : [features, fitted]);
            return (model, ml.MulticlassClassification.Evaluate(model.Transform(test)), time);
        }
        var onPixels = Classify("784 pixels", null);
        var onPca = Classify("64 principal components", pca);
        var onEmbedding = Classify("the 64-wide embedding", embedding);

        // How much of a picture survives: mean squared error over all pixels of the test pictures.
        var reconstructions = embedding.Transform(test).GetColumn<float[]>("Reconstruction").ToArray();
        var error = testing.Zip(reconstructions, (digit, redrawn) =>
            digit.Pixels.Zip(redrawn, (pixel, drawn) => (pixel - drawn) * (pixel - drawn)).Average()).Average();

        var results = new Table($"Linear classifier from {labelled.GetRowCount():N0} labelled rows",
            ["Features", "Width", "Accuracy", "Log-loss", "Fit, s", "Classifier, s"],
            [
                Row("pixels", 784, onPixels.Metrics, null, onPixels.Time),
                Row("principal components", EmbeddingSize, onPca.Metrics, pcaTime, onPca.Time),
                Row("autoencoder embedding", EmbeddingSize, onEmbedding.Metrics, fitTime, onEmbedding.Time),
            ],
            $"Accuracy on {testing.Length:N0} test pictures. "
            + $"Reconstruction error of the embedding there: {error:F5} (mean squared, pixels 0..1).");
        Screen.Show(results);
        Describe(job.Report, training.Length, results, testing, reconstructions, embedding.History);

        job.Save(Model, onEmbedding.Model, train.Schema, onEmbedding.Model.Transform(test));
    }

    static string[] Row(string name, int width, MulticlassClassificationMetrics metrics, TimeSpan? features, TimeSpan classifier) =>
    [
        name, $"{width}", $"{metrics.MicroAccuracy:P2}", $"{metrics.LogLoss:F3}",
        features == null ? "–" : $"{features.Value.TotalSeconds:F1}", $"{classifier.TotalSeconds:F1}",
    ];

    static void Describe(HtmlReport report, int rows, Table results, Digit[] testing, float[][] reconstructions, TrainingHistory history)
    {
        report.Section("Digits: 784 pixels, 64 numbers",
            $"The autoencoder saw {rows:N0} pictures without labels, and learned to write each down in 64 numbers "
            + "from which it can draw it again. A linear classifier then learned the digits from few labelled pictures: "
            + "from the pixels, from 64 principal components, and from the 64 numbers.");
        report.Add(results);
        report.Add(("digits-reconstructions.png", ImageGrid.Of("Digits and their reconstructions",
            "Test pictures, and how they are drawn again from 64 numbers", 28,
            [("original", [.. testing.Take(12).Select(digit => digit.Pixels)]), ("reconstructed", reconstructions[..12])]),
            "What the 64 numbers keep of a picture they were not trained on."));
        report.Add(("digits-learning.png", LineChart.LearningCurves("Learning curves: digits", history),
            "The error on rows kept out of training, beside the training error: where they part, the network learns its rows by heart."));
    }

    /// <summary>Training and test pictures; the same in every process.</summary>
    public static (Digit[] Train, Digit[] Test) Load(SampleOptions options)
    {
        var pictures = DigitPictures.Load(options);
        return (Rows(pictures.Training), Rows(pictures.Test));

        static Digit[] Rows(IEnumerable<(float[] Pixels, int Label)> digits) =>
            [.. digits.Select(digit => new Digit { Pixels = digit.Pixels, Label = digit.Label })];
    }
}
