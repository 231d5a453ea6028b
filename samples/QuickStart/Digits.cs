using System.Globalization;
using Extensions.ML;
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
/// better, the more of the picture's meaning the 64 numbers hold. Beside it: the same classifier on the pixels, and on 64 principal components.
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
        var (embedding, fitTime) = job.Train("Autoencoder 784-256-64-256-784", progress =>
            ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
            {
                OutputColumnName = "Embedding",
                InputColumnName = nameof(Digit.Pixels),
                ReconstructionColumnName = "Reconstruction",
                EmbeddingSize = EmbeddingSize,
                Epochs = job.Options.Quick ? 20 : null, // null: the component knows
                ValidationFraction = 0.02,
                Progress = progress,
            }).Fit(train));
        var (pca, pcaTime) = Screen.Work("PCA with 64 components", () =>
            ml.Transforms.ProjectToPrincipalComponents("Embedding", nameof(Digit.Pixels), rank: EmbeddingSize).Fit(train));

        // The classifier: learned from the labelled rows on each of the three inputs. The cache runs the network once for each row.
        (TransformerChain<ITransformer> Model, MulticlassClassificationMetrics Metrics, TimeSpan Time) Classify(string name, ITransformer? features)
        {
            var input = features == null ? nameof(Digit.Pixels) : "Embedding";
            var classifier = ml.Transforms.Conversion.MapValueToKey(nameof(Digit.Label))
                .AppendCacheCheckpoint(ml)
                .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: input));
            var (fitted, time) = Screen.Work($"Linear classifier on {name}", () => classifier.Fit(features?.Transform(labelled) ?? labelled));
            var model = new TransformerChain<ITransformer>(features == null ? [fitted] : [features, fitted]);
            return (model, ml.MulticlassClassification.Evaluate(model.Transform(test)), time);
        }
        var onPixels = Classify("784 pixels", null);
        var onPca = Classify("64 principal components", pca);
        var onEmbedding = Classify("the 64-wide embedding", embedding);

        // How much of a picture survives: mean squared error over all pixels of the test pictures.
        var reconstructed = embedding.Transform(test);
        var reconstructions = reconstructed.GetColumn<float[]>("Reconstruction").ToArray();
        var error = testing.Zip(reconstructions).Average(pair => pair.First.Pixels.Zip(pair.Second).Average(p => (p.First - p.Second) * (p.First - p.Second)));

        var culture = CultureInfo.InvariantCulture;
        string[] Row(string name, int width, MulticlassClassificationMetrics metrics, TimeSpan features, TimeSpan classifier) =>
        [
            name, width.ToString(culture), metrics.MicroAccuracy.ToString("P2", culture), metrics.LogLoss.ToString("F3", culture),
            features == default ? "–" : features.TotalSeconds.ToString("F1", culture), classifier.TotalSeconds.ToString("F1", culture),
        ];
        var results = new Table($"Linear classifier from {labelled.GetRowCount():N0} labelled rows",
            ["Features", "Width", "Accuracy", "Log-loss", "Fit, s", "Classifier, s"],
            [
                Row("pixels", 784, onPixels.Metrics, default, onPixels.Time),
                Row("principal components", EmbeddingSize, onPca.Metrics, pcaTime, onPca.Time),
                Row("autoencoder embedding", EmbeddingSize, onEmbedding.Metrics, fitTime, onEmbedding.Time),
            ],
            string.Create(culture, $"Accuracy on {testing.Length:N0} test pictures. Reconstruction error of the embedding there: {error:F5} (mean squared, pixels 0..1)."));
        Screen.Show(results);

        job.Report.Section("Digits: 784 pixels, 64 numbers",
            $"The autoencoder saw {training.Length:N0} pictures without labels, and learned to write each down in 64 numbers from which it can draw it again. "
            + "A linear classifier then learned the digits from few labelled pictures: from the pixels, from 64 principal components, and from the 64 numbers.");
        job.Report.Add(results);
        job.Report.Add(("digits-reconstructions.png", ImageGrid.Of("Digits and their reconstructions", "Test pictures, and how they are drawn again from 64 numbers", 28,
            [("original", [.. testing.Take(12).Select(digit => digit.Pixels)]), ("reconstructed", reconstructions[..12])]),
            "What the 64 numbers keep of a picture they were not trained on."));
        job.Report.Add(("digits-learning.png", Job.LearningCurves("Learning curves: digits", embedding.History),
            "The error on rows kept out of training follows the training error: the network generalises."));

        job.Save(Model, onEmbedding.Model, train.Schema, onEmbedding.Model.Transform(test));
    }

    /// <summary>Training and test pictures; the same in every process.</summary>
    public static (Digit[] Train, Digit[] Test) Load(Options options)
    {
        if (options.Data == null)
        {
            var count = options.Quick ? 3_000 : 20_000;
            var made = MadeDigits.Draw(count + count / 6, seed: 1).Select(digit => new Digit { Pixels = digit.Pixels, Label = digit.Label }).ToArray();
            return (made[..count], made[count..]);
        }
        return (Read("train", options.Quick ? 6_000 : int.MaxValue), Read("t10k", options.Quick ? 1_000 : int.MaxValue));

        Digit[] Read(string split, int count)
        {
            string At(string kind) => Path.Combine(options.Data, "mnist", $"{split}-{kind}-ubyte.gz");
            return [.. Idx.ReadImages(At("images-idx3"), count).Zip(Idx.ReadLabels(At("labels-idx1"), count),
                (pixels, label) => new Digit { Pixels = pixels, Label = label })];
        }
    }
}
