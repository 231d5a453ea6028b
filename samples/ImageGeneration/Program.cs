using Extensions.ML;
using Extensions.ML.Trainers;
using ImageGeneration;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Data;
using Samples.Output;

// Digits that nobody wrote: four kinds of generators learn to write the digit that they are asked for, and are judged beside each other.
if (!SampleOptions.TryParse("ImageGeneration", "mnist/", args, out var options, out var message))
{
    Console.WriteLine(message);
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var pictures = DigitPictures.Load(options);
var (training, test) = (Digit.From(pictures.Training), Digit.From(pictures.Test));
training = training[..Math.Min(options.Quick ? 3_000 : 20_000, training.Length)];
var digits = ml.Data.LoadFromEnumerable(training);
var judged = options.Quick ? 500 : 2_000;
var real = ml.Data.LoadFromEnumerable(test[..Math.Min(judged, test.Length)]);

// What generated and real digits are compared in: an embedding that was learned without labels.
Screen.Heading($"{training.Length:N0} digits to learn from");
var (embedding, _) = Screen.Train("What digits are compared in", progress => ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
{
    OutputColumnName = "Embedding",
    InputColumnName = nameof(Digit.Features),
    EmbeddingSize = 32,
    Network = new ConvolutionalNetwork(),
    Epochs = options.Quick ? 1 : 5,
    Progress = progress,
}).Fit(digits));

var report = new Report(ml, options, training.Length);
foreach (var contestant in new Contestants(ml, digits, options.Quick).All)
{
    var (model, time) = Screen.Train(contestant.Name, contestant.Fit);
    using (model)
    {
        var (made, drawing) = Screen.Work($"{contestant.Name}: {judged:N0} digits", () => ml.Data.Cache(ml.Generation.Sample(model, judged, seed: 1, options: contestant.Drawing)));
        var (metrics, measuring) = Screen.Work($"{contestant.Name}: measuring", () =>
            ml.Generation.Evaluate(embedding.Transform(real), embedding.Transform(made), "Embedding"));
        report.Add(contestant.Name, time, measuring, metrics, model.History);
        report.AddGrid(contestant, model);
        if (contestant.Name == "VAE")
            report.AddLatentWalks(model, ml.Data.LoadFromEnumerable(test.DistinctBy(digit => digit.Label).OrderBy(digit => digit.Label).Take(4)));
        if (contestant.Name == "Diffusion")
            report.AddFilmStrip(model, contestant.Drawing);
        if (contestant.Name is "VAE" or "Diffusion" or "PixelCNN")
            report.AddCompleted(contestant.Name, model, test.Take(8));
    }
}
report.Save();
return 0;
