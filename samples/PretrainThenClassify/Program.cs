using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using PretrainThenClassify;
using Samples.Data;
using Samples.Output;

// An encoder learns from all digits without labels; a classifier over it then learns from few labels. How many labels does that save?
if (!SampleOptions.TryParse("PretrainThenClassify", "mnist/", args, out var options, out var message))
{
    Console.WriteLine(message);
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var pictures = DigitPictures.Load(options);
var (training, test) = (Digit.From(pictures.Training), Digit.From(pictures.Test));
var testRows = ml.Data.LoadFromEnumerable(test);

Screen.Heading("Without labels");
var (encoder, fitTime) = Screen.Train("Encoder", progress =>
    ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
    {
        OutputColumnName = "Embedding",
        InputColumnName = nameof(Digit.Pixels),
        EmbeddingSize = Ways.EmbeddingSize,
        Network = Ways.Network,
        ValidationFraction = 0.02,
        Epochs = options.Quick ? 20 : null,
        Progress = progress,
    }).Fit(ml.Data.LoadFromEnumerable(training)));

Screen.Heading("From few labels");
var ways = new Ways(ml, encoder);
var comparison = Comparison.Run(ml, ways.All, training, test, options.Quick ? [10, 100] : [10, 30, 100, 300, 1000], choices: options.Quick ? 2 : 3);
Screen.Show(comparison.Table);

// Saved as any model, and asked for one picture at a time as a service would.
var labelled = Digit.Choose(training, ofEach: 10, seed: 1);
var labelledRows = ml.Data.LoadFromEnumerable(labelled);
var (model, _) = Screen.Work("Classifier from 100 labels", () => ways.FineTuned.Classifier(ml).Fit(labelledRows));
var predicted = ml.Data.CreateEnumerable<Classified>(model.Transform(testRows), reuseRowObject: false).ToArray();
var path = Path.Combine(Directory.CreateDirectory(options.Out).FullName, "digits-from-100-labels.zip");
ml.Model.Save(model, labelledRows.Schema, path);
var loaded = new MLContext().Model.Load(path, out var schema);
using var engine = ml.Model.CreatePredictionEngine<Digit, Classified>(loaded, schema);
var asked = test.Take(200).ToArray();
var same = asked.Zip(predicted).Count(pair => engine.Predict(pair.First).PredictedDigit == pair.Second.PredictedDigit);
Screen.Line($"Saved, loaded and asked for one picture at a time, it gives the same digit for {same} of {asked.Length} pictures.");

var codes = encoder.Transform(ml.Data.TakeRows(testRows, 2_000)).GetColumn<float[]>("Embedding").ToArray();
var report = new Report(options, training.Length, test);
report.AddAccuracies(comparison, ways);
report.AddEncoder(encoder.History, fitTime, codes);
report.AddModel(labelled, predicted);
report.Save();
return 0;
