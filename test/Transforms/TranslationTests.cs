using System.Diagnostics;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>A language of ten words, which a small transformer learns in seconds.</summary>
[TestClass]
public class TranslationTests
{
    static readonly string[] s_english = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    static readonly string[] s_german = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"];

    static TranslationTransformer s_model = null!;
    readonly MLContext _ml = new(seed: 1);

    public sealed class Pair
    {
        public string? Source { get; set; }
        public string? Target { get; set; }
    }

    public sealed class Output
    {
        public string Translation { get; set; } = "";
        public float Score { get; set; }
        public float[] LogProbabilities { get; set; } = [];
        public string[] Tokens { get; set; } = [];
        public float[] Attention { get; set; } = [];
        public string[] Alternatives { get; set; } = [];
        public float[] AlternativeScores { get; set; } = [];
    }

    internal static Pair[] Pairs(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var words = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(10)).ToArray();
            return new Pair { Source = string.Join(' ', words.Select(word => s_english[word])), Target = string.Join(' ', words.Select(word => s_german[word])) };
        })];
    }

    internal static TransformerTranslationTrainer.Options Settings(int epochs = 20) => new()
    {
        TokensColumnName = "Tokens",
        AttentionColumnName = "Attention",
        AlternativesColumnName = "Alternatives",
        AlternativeScoresColumnName = "AlternativeScores",
        Tokenizer = new WordOptions(),
        Network = new TransformerTranslation { Width = 32, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForwardSize = 64, Dropout = 0 },
        Optimizer = new Adam { LearningRate = 0.01 },
        Schedule = new CosineSchedule { WarmupSteps = 20 },
        MaximumLength = 12,
        Epochs = epochs,
        BatchTokens = 256,
        Decoding = new DecodingOptions { Beams = 4, Results = 3 },
    };

    [ClassInitialize]
    public static void Train(TestContext context)
    {
        var ml = new MLContext(seed: 1);
        s_model = ml.Translation.Trainers.Transformer(Settings()).Fit(ml.Data.LoadFromEnumerable(Pairs(600, seed: 1)));
    }

    [ClassCleanup]
    public static void Free() => s_model.Dispose();

    [TestMethod]
    public void ItLearnsTheLanguage()
    {
        var translated = s_model.Transform(_ml.Data.LoadFromEnumerable(Pairs(200, seed: 2)));
        var metrics = _ml.Translation.Evaluate(translated, model: s_model);
        Assert.IsGreaterThan(80, metrics.Bleu.Score);
        Assert.IsLessThan(2, metrics.Perplexity!.Value);
        Assert.HasCount(200, metrics.Sentences);
        Assert.HasCount(20, s_model.History.Epochs);
    }

    [TestMethod]
    public void SchemasAreAsToldBefore()
    {
        var data = _ml.Data.LoadFromEnumerable(Pairs(3, seed: 2));
        var told = _ml.Translation.Trainers.Transformer(Settings()).GetOutputSchema(Shapes.Of(data.Schema));
        var schema = s_model.GetOutputSchema(data.Schema);
        CollectionAssert.AreEqual(new[] { "Source", "Target", "Translation", "LogProbabilities", "Score", "Tokens", "Attention", "Alternatives", "AlternativeScores" },
            schema.Select(column => column.Name).ToArray());
        foreach (var column in Shapes.Of(schema))
        {
            var shape = told.Single(shape => shape.Name == column.Name);
            Assert.AreEqual((column.Kind, column.ItemType, column.IsKey), (shape.Kind, shape.ItemType, shape.IsKey), column.Name);
        }
        var few = _ml.Translation.Trainers.Transformer().GetOutputSchema(Shapes.Of(data.Schema));
        CollectionAssert.AreEquivalent(new[] { "Source", "Target", "Translation", "LogProbabilities", "Score" }, few.Select(column => column.Name).ToArray());
    }

    [TestMethod]
    public void ColumnsTellTheSameAsTheModelItself()
    {
        var pairs = Pairs(100, seed: 3);
        var rows = _ml.Data.CreateEnumerable<Output>(s_model.Transform(_ml.Data.LoadFromEnumerable(pairs)), reuseRowObject: false).ToArray();
        var found = s_model.Translate([.. pairs.Select(pair => pair.Source!)], s_model.Decoding with { Attention = true });
        Assert.HasCount(pairs.Length, rows);
        for (var i = 0; i < rows.Length; i++)
        {
            var (row, best) = (rows[i], found[i][0]);
            Assert.AreEqual(best.Text, row.Translation);
            Assert.AreEqual(best.Score, row.Score, 1e-5);
            CollectionAssert.AreEqual(best.Tokens.ToArray(), row.Tokens);
            CollectionAssert.AreEqual(found[i].Select(one => one.Text).ToArray(), row.Alternatives);
            Assert.HasCount(best.Tokens.Count, row.LogProbabilities);
            Assert.IsTrue(row.LogProbabilities.All(p => p <= 0));
            Assert.HasCount(3, row.AlternativeScores);
            CollectionAssert.AreEqual(row.AlternativeScores.OrderDescending().ToArray(), row.AlternativeScores);
            Assert.AreEqual(row.Score, row.AlternativeScores[0]);

            var sourceTokens = s_model.SourceTokenizer.Encode(pairs[i].Source!).Length + 1;
            Assert.HasCount(best.Tokens.Count * sourceTokens, row.Attention);
            foreach (var token in row.Attention.Chunk(sourceTokens))
                Assert.AreEqual(1, token.Sum(), 1e-4);
        }
        Assert.AreEqual(rows[0].Translation, s_model.Translate(pairs[0].Source!));
        Assert.AreEqual(rows[0].Translation, $"{s_model.Translate(pairs[0].Source!, s_model.Decoding)[0]}");
    }

    [TestMethod]
    public void EngineGivesTheBatchsTranslations()
    {
        var pairs = Pairs(40, seed: 4);
        var rows = _ml.Data.CreateEnumerable<Output>(s_model.Transform(_ml.Data.LoadFromEnumerable(pairs)), reuseRowObject: false).ToArray();
        using var engine = _ml.Model.CreatePredictionEngine<Pair, Output>(s_model, new PredictionEngineOptions { OwnsTransformer = false });
        for (var i = 0; i < pairs.Length; i++)
        {
            var one = engine.Predict(pairs[i]);
            Assert.AreEqual(rows[i].Translation, one.Translation);
            // Matrix products of other sizes add in another order.
            Assert.AreEqual(rows[i].Score, one.Score, 1e-4);
        }
    }

    [TestMethod]
    public async Task PartsComeAsTheyAreFound()
    {
        foreach (var pair in Pairs(10, seed: 4))
        {
            var parts = new List<string>();
            await foreach (var part in s_model.TranslateAsync(pair.Source!))
                parts.Add(part);
            Assert.AreEqual(s_model.Translate(pair.Source!, s_model.Decoding with { Beams = 1, Results = 1 })[0].Text, string.Concat(parts));
            Assert.HasCount(pair.Source!.Split(' ').Length, parts);
        }
        await foreach (var _ in s_model.TranslateAsync(" "))
            Assert.Fail("Nothing was said.");

        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in s_model.TranslateAsync("one two", new() { Beams = 1, MinimumLength = 12 }, cancellation.Token))
                cancellation.Cancel();
        });
        Assert.ThrowsExactly<ArgumentException>(() => s_model.TranslateAsync("one", new() { Beams = 3 }));
    }

    [TestMethod]
    public void ManyThreadsShareOneModel()
    {
        var sources = Pairs(60, seed: 5).Select(pair => pair.Source!).ToArray();
        var expected = s_model.Translate(sources).Select(found => found[0].Text).ToArray();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (var i = thread; i < sources.Length; i += 8)
                Assert.AreEqual(expected[i], s_model.Translate(sources[i]));
        });
    }

    [TestMethod]
    public void TextsThatSayNothingOrTooMuchHaveTranslations()
    {
        var data = _ml.Data.LoadFromEnumerable(new Pair[]
        {
            new() { Source = null }, new() { Source = "" }, new() { Source = " \t\u3000\n" }, new() { Source = string.Join(' ', Enumerable.Repeat("two", 500)) },
            new() { Source = "unheard-of \ud83d \u0007 words" }, new() { Source = "one" },
        });
        var rows = _ml.Data.CreateEnumerable<Output>(s_model.Transform(data), reuseRowObject: false).ToArray();
        foreach (var empty in rows[..3])
        {
            Assert.AreEqual("", empty.Translation);
            Assert.AreEqual(0, empty.Score);
            Assert.IsEmpty(empty.Tokens);
            Assert.IsEmpty(empty.LogProbabilities);
            Assert.IsEmpty(empty.Attention);
            CollectionAssert.AreEqual(new[] { "" }, empty.Alternatives);
        }
        // The first twelve tokens are translated.
        Assert.AreEqual(s_model.Translate(string.Join(' ', Enumerable.Repeat("two", 12))), rows[3].Translation);
        Assert.HasCount(13, s_model.Attention(string.Join(' ', Enumerable.Repeat("two", 500))).Source);
        Assert.IsNotNull(rows[4].Translation);
        Assert.AreEqual("eins", rows[5].Translation);
        Assert.IsEmpty(s_model.Translate([]));
    }

    [TestMethod]
    public void AttentionMapsNameTheirTokens()
    {
        var maps = s_model.Attention("two nine", "zwei neun");
        Assert.AreEqual("two nine </s>", string.Join(' ', maps.Source.Select(token => token.Trim())));
        Assert.AreEqual("<s> zwei neun", string.Join(' ', maps.Target.Select(token => token.Trim())));
        foreach (var (layers, to, from) in new[] { (maps.Maps.Encoder, 3, 3), (maps.Maps.Decoder, 3, 3), (maps.Maps.Cross, 3, 3) })
        {
            Assert.HasCount(1, layers);
            Assert.HasCount(2, layers[0]);
            foreach (var map in layers[0])
            {
                Assert.AreEqual((to, from), (map.GetLength(0), map.GetLength(1)));
                for (var row = 0; row < to; row++)
                    Assert.AreEqual(1, Enumerable.Range(0, from).Sum(column => map[row, column]), 1e-5);
            }
        }
        Assert.AreEqual(s_model.Translate("two nine").Split(' ').Length + 1, s_model.Attention("two nine").Target.Count);
    }

    [TestMethod]
    public void LoadedInAnotherProcessWithNothingRegisteredItTranslatesTheSame()
    {
        using var file = new Samples.TemporaryFile();
        var pairs = Pairs(20, seed: 6);
        var data = _ml.Data.LoadFromEnumerable(pairs);
        // Between two built-in transforms, as in a real pipeline.
        var chain = _ml.Transforms.CopyColumns("Copy", "Target").Append(new Fitted(s_model)).Append(_ml.Transforms.CopyColumns("German", "Translation"));
        var model = chain.Fit(data);
        _ml.Model.Save(model, data.Schema, file.Path);

        using var process = Process.Start(new ProcessStartInfo("dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, "ScoreModel.dll"), file.Path, "German", "Source", .. pairs.Select(pair => pair.Source!)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error.Result);
        CollectionAssert.AreEqual(model.Transform(data).GetColumn<string>("German").ToArray(), lines);
    }

    /// <summary>An estimator whose training is done.</summary>
    sealed class Fitted(TranslationTransformer model) : IEstimator<TranslationTransformer>
    {
        public TranslationTransformer Fit(IDataView input) => model;
        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => new MLContext().Translation.Trainers.Transformer(Settings()).GetOutputSchema(inputSchema);
    }

    [TestMethod]
    public void SavedAndLoadedItKeepsTokenizersHistoryAndColumns()
    {
        var settings = Settings(epochs: 2);
        settings.SharedVocabulary = false;
        settings.Tokenizer = new BytePairOptions { VocabularySize = 300 };
        var data = _ml.Data.LoadFromEnumerable(Pairs(100, seed: 7));
        using var file = new Samples.TemporaryFile();
        using var model = _ml.Translation.Trainers.Transformer(settings).Fit(data);
        _ml.Model.Save(model, data.Schema, file.Path);
        using var loaded = (TranslationTransformer)new MLContext().Model.Load(file.Path, out _);
        Assert.AreNotEqual(loaded.SourceTokenizer, loaded.TargetTokenizer);
        CollectionAssert.AreEqual(model.SourceTokenizer.Encode("one two"), loaded.SourceTokenizer.Encode("one two"));
        CollectionAssert.AreEqual(model.TargetTokenizer.Encode("fünf"), loaded.TargetTokenizer.Encode("fünf"));
        CollectionAssert.AreEqual(model.History.Epochs.ToArray(), loaded.History.Epochs.ToArray());
        Assert.AreEqual(model.Decoding, loaded.Decoding);
        Assert.AreEqual(model.GetOutputSchema(data.Schema).ToString(), loaded.GetOutputSchema(data.Schema).ToString());
        CollectionAssert.AreEqual(model.Transform(data).GetColumn<string>("Translation").ToArray(), loaded.Transform(data).GetColumn<string>("Translation").ToArray());
    }

    [TestMethod]
    public void TheSameSeedGivesTheSameModel()
    {
        var data = _ml.Data.LoadFromEnumerable(Pairs(60, seed: 8));
        var scores = Enumerable.Range(0, 2).Select(_ =>
        {
            using var model = _ml.Translation.Trainers.Transformer(Settings(epochs: 2)).Fit(data);
            return model.Transform(data).Scores();
        }).ToArray();
        CollectionAssert.AreEqual(scores[0], scores[1]);
    }

    [TestMethod]
    public void BleuOfValidationPairsChoosesTheEpoch()
    {
        var settings = Settings(epochs: 4);
        settings.Monitor = TranslationMonitor.Bleu;
        var data = _ml.Data.LoadFromEnumerable(Pairs(200, seed: 9));
        var trainer = _ml.Translation.Trainers.Transformer(settings);
        Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(data));
        using var model = trainer.Fit(data, _ml.Data.LoadFromEnumerable(Pairs(30, seed: 10)));
        var measured = model.History.Epochs.Select(epoch => epoch.Measures!["Bleu"]).ToArray();
        Assert.AreEqual(Array.IndexOf(measured, measured.Max()) + 1, model.History.BestEpoch);
        Assert.IsTrue(model.History.Epochs.All(epoch => epoch.ValidationLoss > 0));
    }

    [TestMethod]
    public void RecurrentNetworksLearnItToo()
    {
        var data = _ml.Data.LoadFromEnumerable(Pairs(600, seed: 1));
        using var model = _ml.Translation.Trainers.RecurrentAttention(new RecurrentTranslationTrainer.Options
        {
            Tokenizer = new WordOptions(),
            Network = new RecurrentAttentionTranslation { EmbeddingSize = 32, StateSize = 32, AttentionSize = 32, Dropout = 0 },
            Optimizer = new Adam { LearningRate = 0.01 },
            Schedule = new CosineSchedule { WarmupSteps = 20 },
            Epochs = 12,
            BatchTokens = 256,
        }).Fit(data);
        Assert.IsGreaterThan(80, _ml.Translation.Evaluate(model.Transform(_ml.Data.LoadFromEnumerable(Pairs(50, seed: 2)))).Bleu.Score);
    }

    [TestMethod]
    public void TextsOfTheTargetLanguageAloneTeachToo()
    {
        var pairs = Pairs(800, seed: 11);
        using var model = _ml.Translation.Trainers.Transformer(Settings()).FitBackTranslated(_ml.Data.LoadFromEnumerable(pairs[..400]),
            _ml.Data.LoadFromEnumerable(pairs[400..].Select(pair => new Pair { Target = pair.Target })));
        Assert.IsGreaterThan(50, _ml.Translation.Evaluate(model.Transform(_ml.Data.LoadFromEnumerable(Pairs(50, seed: 2)))).Bleu.Score);
        // The mark is a token that no text becomes.
        Assert.IsNotNull(model.SourceTokenizer.NamedToken("<made>"));
        Assert.DoesNotContain(model.SourceTokenizer.NamedToken("<made>")!.Value, model.SourceTokenizer.Encode("<made>"));
    }

    [TestMethod]
    public void AStudentLearnsWhatItsTeacherSays()
    {
        // The student never sees a target.
        var sources = _ml.Data.LoadFromEnumerable(Pairs(500, seed: 12).Select(pair => new Pair { Source = pair.Source }));
        using var student = _ml.Translation.Trainers.Transformer(Settings()).FitDistilled(sources, s_model);
        Assert.IsGreaterThan(60, _ml.Translation.Evaluate(student.Transform(_ml.Data.LoadFromEnumerable(Pairs(50, seed: 2)))).Bleu.Score);
    }

    [TestMethod]
    public void FoldsAreJudged()
    {
        var data = _ml.Data.LoadFromEnumerable(Pairs(60, seed: 13));
        var folds = _ml.Translation.CrossValidate(data, _ml.Translation.Trainers.Transformer(Settings(epochs: 2)), numberOfFolds: 2);
        Assert.HasCount(2, folds);
        foreach (var fold in folds)
        {
            Assert.HasCount(fold.Metrics.Sentences.Count, fold.ScoredHoldOutSet.GetColumn<string>("Translation").ToArray());
            ((IDisposable)fold.Model).Dispose();
        }
        Assert.AreEqual(60, folds.Sum(fold => fold.Metrics.Sentences.Count));
    }

    [TestMethod]
    public void WhatIsWrongIsNamed()
    {
        var data = _ml.Data.LoadFromEnumerable(Pairs(3, seed: 1));
        Pipelines("Could not find target column 'French'", new() { TargetColumnName = "French" }, data);
        Pipelines("Could not find source column 'French'", new() { SourceColumnName = "French" }, data);
        Pipelines("expected String", new() { SourceColumnName = "Number" }, _ml.Data.LoadFromEnumerable([new { Number = 1, Target = "a" }]));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            _ml.Translation.Trainers.Transformer(Settings()).Fit(_ml.Data.LoadFromEnumerable(new Pair[] { new() { Source = "one", Target = " " } })));
        Assert.Contains("no pairs", error.Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Translation.Trainers.Transformer(epochs: 0));
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Translation.Trainers.Transformer(new TransformerTranslationTrainer.Options { Precision = Precision.BFloat16 }));
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Translation.Trainers.Transformer(
            new TransformerTranslationTrainer.Options { Decoding = new DecodingOptions { Beams = 2, Results = 3 } }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => s_model.Transform(_ml.Data.LoadFromEnumerable([new { Target = "a" }])));

        void Pipelines(string message, TransformerTranslationTrainer.Options options, IDataView data)
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
                _ml.Translation.Trainers.Transformer(options).GetOutputSchema(Shapes.Of(data.Schema)));
            Assert.Contains(message, error.Message);
        }
    }
}
