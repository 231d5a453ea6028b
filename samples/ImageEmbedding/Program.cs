using Extensions.ML;
using Extensions.ML.Trainers;
using ImageEmbedding;
using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using Samples.Charts;
using Samples.Output;

// From PNG files to a code of 32 numbers a picture, learned without labels, and what that code space looks like.
const int EmbeddingSize = 32;

if (!SampleOptions.TryParse("ImageEmbedding", "mnist/", args, out var options, out var message))
{
    Console.WriteLine(message);
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var (pictures, _) = Screen.Work("Pictures written as PNG files", () => Pictures.Write(options));
var training = ml.Data.LoadFromEnumerable(pictures.Training);
var test = ml.Data.LoadFromEnumerable(pictures.Test);

var (model, fitTime) = Screen.Train("Convolutional autoencoder on pictures", progress =>
    ml.Transforms.LoadImages("Image", pictures.Folder, nameof(Picture.File))
        .Append(ml.Transforms.ResizeImages("Image", Pictures.Side, Pictures.Side))
        .Append(ml.Transforms.ConvertToGrayscale("Image"))
        .Append(ml.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.Red, scaleImage: 1 / 255f))
        .Append(ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Embedding",
            InputColumnName = "Pixels",
            ReconstructionColumnName = "Reconstruction",
            EmbeddingSize = EmbeddingSize,
            Network = new ConvolutionalNetwork(),
            ValidationFraction = 0.05,
            Epochs = options.Quick ? 30 : null,
            Progress = progress,
        })).Fit(training));
var (embedded, _) = Screen.Work("Test pictures embedded",
    () => ml.Data.CreateEnumerable<Embedded>(model.Transform(test), reuseRowObject: false).ToArray());

// Saved as any model, and asked for one file at a time as a service would.
var path = Path.Combine(options.Out, "pictures.zip");
ml.Model.Save(model, training.Schema, path);
var loaded = new MLContext().Model.Load(path, out var schema);
using var engine = ml.Model.CreatePredictionEngine<Picture, Embedded>(loaded, schema);
var difference = pictures.Test.Zip(embedded).Take(100)
    .Max(pair => engine.Predict(pair.First).Embedding.Zip(pair.Second.Embedding, (one, batch) => MathF.Abs(one - batch)).Max());
Screen.Line($"Saved, loaded and asked for one file at a time, it gives the same codes (largest difference {difference:G2}).");

new Report(options, pictures, embedded, model.LastTransformer.Model).Write(fitTime);
return 0;
