using System.Diagnostics;
using System.Globalization;
using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Samples.Data;
using Samples.Output;

namespace Benchmarks.Translation;

/// <summary>How well and how fast the default transformer translates: trained on <c>train.*</c>, watched on <c>val.*</c>, judged on a test set.</summary>
static class TranslationBenchmark
{
    const string DefaultSet = "multi30k", DefaultTest = "test_2016_flickr";

    public static Findings Run(BenchmarkOptions options)
    {
        PythonPeer.Require();
        if (options.Threads is { } threads)
            TorchEngine.Threads = threads;
        var folder = Folder(options.Data ?? throw new InvalidDataException("The translation benchmark needs --data FOLDER."));
        var ml = new MLContext(seed: options.Seeds[0]);
        var test = SentencePair.Read(folder, options.Test ?? DefaultTest);
        var sources = Array.ConvertAll(test, pair => pair.Source);

        double? trainSeconds = null, trainRate = null;
        TranslationTransformer model;
        if (options.Model is { } file && File.Exists(file))
            model = (TranslationTransformer)ml.Model.Load(file, out _);
        else
        {
            SentencePair[] training = [.. SentencePair.Read(folder, "train").Take(options.Quick ? 2_000 : int.MaxValue)];
            (model, var time) = Train(ml, training, SentencePair.Read(folder, "val"), options.Quick);
            trainSeconds = time.TotalSeconds;
            trainRate = TargetTokens(model, training) * (double)model.History.Epochs.Count / time.TotalSeconds;
            if (options.Model is { } path)
                ml.Model.Save(model, ml.Data.LoadFromEnumerable(test).Schema, path);
        }

        using (model)
        {
            var watch = Stopwatch.StartNew();
            var found = model.Translate(sources);
            var translateSeconds = watch.Elapsed.TotalSeconds;
            var tokens = found.Sum(best => best[0].Tokens.Count + 1);
            var translated = ml.Data.LoadFromEnumerable(test.Zip(found, (pair, best) => new Translated { Target = pair.Target, Translation = best[0].Text }));
            var metrics = ml.Translation.Evaluate(translated);
            var share = sources.Length / Math.Min(options.Quick ? 50 : 200, sources.Length);
            var peer = Screen.Work("Beside PyTorch", () => UncachedPeer.Compare(model, [.. sources.Where((_, row) => row % share == 0)])).Result;
            var speed = peer?.Theirs / peer?.Ours;

            var culture = CultureInfo.InvariantCulture;
            string Figure(double? value, string format) => value?.ToString(format, culture) ?? "-";
            var table = new Table($"Translation of {test.Length:N0} sentences of {options.Test ?? DefaultTest}", ["Figure", "Value"],
            [
                ["BLEU", Figure(metrics.Bleu.Score, "F2")], ["chrF2", Figure(metrics.Chrf2.Score, "F2")], ["chrF2++", Figure(metrics.Chrf2PlusPlus.Score, "F2")],
                ["TER", Figure(metrics.Ter.Score, "F2")],
                ["Training, seconds", Figure(trainSeconds, "F1")], ["Training, target tokens per second", Figure(trainRate, "N0")],
                ["Translating, seconds", Figure(translateSeconds, "F2")], ["Translating, target tokens per second", Figure(tokens / translateSeconds, "N0")],
                ["Translating, times as fast as PyTorch without a cache", Figure(speed, "F1")],
                ["Sentences that it translates the same", Figure(peer?.Equal, "P1")],
            ], $"BLEU: {metrics.Bleu.Signature}. Defaults only: {model.Decoding.Beams} beams. {TorchEngine.Threads} threads.");
            return new([table], new
            {
                bleu = metrics.Bleu.Score, chrf2 = metrics.Chrf2.Score, train_seconds = trainSeconds, translate_seconds = translateSeconds,
                train_tokens_per_second = trainRate, translate_tokens_per_second = tokens / translateSeconds, translate_speed_to_uncached = speed,
            });
        }
    }

    static (TranslationTransformer Model, TimeSpan Time) Train(MLContext ml, SentencePair[] training, SentencePair[] validation, bool quick) =>
        Screen.Train($"Training on {training.Length:N0} pairs", progress =>
        {
            var settings = new TransformerTranslationTrainer.Options { Progress = progress };
            if (quick)
                settings.Epochs = 2;
            return ml.Translation.Trainers.Transformer(settings).Fit(ml.Data.LoadFromEnumerable(training), ml.Data.LoadFromEnumerable(validation));
        }, unit: "tokens");

    static long TargetTokens(TranslationTransformer model, SentencePair[] pairs) => pairs.Sum(pair => model.TargetTokenizer.Encode(pair.Target).Length + 1L);

    /// <summary>The folder of the files itself, or the data folder that holds it.</summary>
    static string Folder(string data) => Path.Combine(data, DefaultSet) is var inner && !File.Exists(Path.Combine(data, "train.en.gz"))
        && Directory.Exists(inner) ? inner : data;

    sealed class Translated
    {
        public string Target { get; set; } = "";
        public string Translation { get; set; } = "";
    }
}
