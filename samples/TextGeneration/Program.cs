using Extensions.ML;
using Extensions.ML.Generators;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Output;
using TextGeneration;

// Texts that nobody wrote: language models learn how texts go on, are judged by texts they have not seen, and write.
string? file = null;
if (Array.IndexOf(args, "--text") is >= 0 and var at && at + 1 < args.Length)
{
    file = args[at + 1];
    args = [.. args[..at], .. args[(at + 2)..]];
}
if (!SampleOptions.TryParse("TextGeneration", "text/tinyshakespeare.txt.gz", args, out var options, out var message))
{
    Console.WriteLine($"{message}\n  --text FILE    paragraphs to learn from, with a blank line between them");
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var texts = Texts.Load(options, file);
var (training, test) = (ml.Data.LoadFromEnumerable(texts.Training), ml.Data.LoadFromEnumerable(texts.Test));
var characters = texts.Test.Sum(text => text.Content.Length + 1);
Screen.Heading($"{texts.Name}: {texts.Training.Count:N0} texts to learn from");

var report = new Report(options, texts);
LanguageModelTransformer? best = null;
var fewest = double.PositiveInfinity;
foreach (var contestant in new Contestants(ml, training, test, options.Quick).All)
{
    var (model, time) = Screen.Train(contestant.Name, contestant.Fit);
    // In bits a character, models of different tokens can be compared: the end of a text counts as one.
    var bits = -model.Transform(test).GetColumn<float>("LogLikelihood").Sum(value => (double)value) / Math.Log(2) / characters;
    report.Add(contestant.Name, model, bits, time);
    if (bits < fewest)
        (best, model, fewest) = (model, best, bits);
    model?.Dispose();
}
report.AddWritten(best!);

// A text may be read while it is written, and the writing may be cancelled.
Screen.Heading("Written token by token");
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
Console.Write(texts.Prompts[0]);
try
{
    await foreach (var part in best!.GenerateAsync(texts.Prompts[0], new() { Sampling = new() { TopP = 0.9 }, MaximumLength = 300 }, patience.Token))
        Console.Write(part);
}
catch (OperationCanceledException)
{
    Console.Write(" ...");
}
Console.WriteLine();

// Saved as any model; whoever loads it writes the same.
Directory.CreateDirectory(options.Out);
var path = Path.Combine(options.Out, "language-model.zip");
ml.Model.Save(best, training.Schema, path);
using (var loaded = (LanguageModelTransformer)new MLContext().Model.Load(path, out _))
{
    var same = loaded.Generate(texts.Prompts[0]) == best!.Generate(texts.Prompts[0]);
    Screen.Line($"Loaded from {Path.GetFileName(path)}, it writes {(same ? "the same" : "OTHER")} text.");
}
best!.Dispose();
report.Save();
return 0;
