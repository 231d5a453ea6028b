using System.Globalization;
using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Samples.Output;
using Translation;

// Learns to translate English to German from sentences beside their translations, shows how well, and translates what one types.
var interactive = args.Contains("--interactive");
if (!SampleOptions.TryParse("Translation", "multi30k/", [.. args.Where(argument => argument != "--interactive")], out var options, out var message))
{
    Console.WriteLine($"{message}\n  --interactive  translates what you type; a translator that lies in the folder of --out is used again");
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var corpus = Corpus.Load(options);
var file = Path.Combine(options.Out, "translator.zip");
Screen.Heading($"{corpus.Name}, {corpus.Training.Length:N0} pairs");

using var model = interactive && File.Exists(file) ? (TranslationTransformer)ml.Model.Load(file, out _) : Train();
if (interactive)
{
    Screen.Line($"Type English and press Enter; an empty line ends. Where the network looked is drawn in {options.Out}.");
    while (Console.ReadLine() is { Length: > 0 } line)
    {
        foreach (var translation in model.Translate(line, model.Decoding with { Results = 3 }))
            Screen.Line($"  {translation.Score.ToString("F2", CultureInfo.InvariantCulture),6}  {translation.Text}");
        foreach (var (name, chart, _) in AttentionCharts.Draw(model.Attention(line)))
            File.WriteAllBytes(Path.Combine(options.Out, name), chart.ToPng());
    }
    return 0;
}

var test = ml.Data.LoadFromEnumerable(corpus.Test);
var (translated, time) = Screen.Work($"{corpus.Test.Length:N0} sentences translated", () => ml.Data.Cache(model.Transform(test), "Target", "Translation"));
var report = new Report(options, corpus, model);
report.AddScores(ml.Translation.Evaluate(translated), ml.Translation.Evaluate(model.Transform(test), model: model).Perplexity!.Value, time);
report.AddAlternatives();
report.AddAttention();
report.Save();
return 0;

TranslationTransformer Train()
{
    var (trained, _) = Screen.Train("Training", progress =>
    {
        var settings = new TransformerTranslationTrainer.Options
        {
            // Made words of numbers have few parts: few tokens tell them.
            Tokenizer = new BytePairOptions { VocabularySize = corpus.VocabularySize },
            Progress = progress,
        };
        if (options.Quick)
            (settings.Epochs, settings.Schedule) = (6, new CosineSchedule { WarmupSteps = 50 });
        return ml.Translation.Trainers.Transformer(settings).Fit(ml.Data.LoadFromEnumerable(corpus.Training), ml.Data.LoadFromEnumerable(corpus.Validation));
    }, unit: "tokens");
    Directory.CreateDirectory(options.Out);
    ml.Model.Save(trained, ml.Data.LoadFromEnumerable(corpus.Training).Schema, file);
    return trained;
}
