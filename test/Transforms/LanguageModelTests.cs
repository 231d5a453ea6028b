using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Texts that count on from any number, which a small network learns in seconds.</summary>
[TestClass]
public class LanguageModelTests
{
    static readonly string[] s_numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    static LanguageModelTransformer s_model = null!;
    readonly MLContext _ml = new(seed: 1);

    public sealed class Row
    {
        public string? Text { get; set; }
    }

    public sealed class Output
    {
        public float Perplexity { get; set; }
        public float LogLikelihood { get; set; }
        public string Continuation { get; set; } = "";
    }

    static string Count(int first, int count) => string.Join(' ', Enumerable.Range(first, count).Select(i => s_numbers[i % 10]));

    internal static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new Row { Text = Count(random.Next(10), random.Next(4, 12)) })];
    }

    internal static LanguageModelTrainer.Options Settings(int epochs = 20) => new()
    {
        LogLikelihoodColumnName = "LogLikelihood",
        ContinuationColumnName = "Continuation",
        Tokenizer = new WordOptions(),
        Network = new TransformerLanguage { Width = 32, Heads = 2, Layers = 1, FeedForwardSize = 64, Dropout = 0 },
        ContextLength = 12,
        Optimizer = new Adam { LearningRate = 0.01 },
        Schedule = new CosineSchedule { WarmupSteps = 20 },
        Epochs = epochs,
        BatchTokens = 256,
        Decoding = new DecodingOptions { Sampling = new() { TopK = 3 }, MaximumLength = 20 },
    };

    [ClassInitialize]
    public static void Train(TestContext context)
    {
        var ml = new MLContext(seed: 1);
        s_model = ml.Generation.Trainers.LanguageModel(Settings()).Fit(ml.Data.LoadFromEnumerable(Rows(400, seed: 1)));
    }

    [ClassCleanup]
    public static void Free() => s_model.Dispose();

    [TestMethod]
    public void ItGoesOnAsItHasRead()
    {
        for (var first = 0; first < 10; first++)
        {
            var text = s_model.Generate(Count(first, 3), new DecodingOptions { Beams = 1, MinimumLength = 4, MaximumLength = 4 })[0];
            Assert.AreEqual(Count(first + 3, 4), text.Text.Trim());
            Assert.HasCount(4, text.Tokens);
            Assert.HasCount(4, text.LogProbabilities);
            Assert.IsFalse(text.Ended);
        }
        // Texts of 4 to 11 words begin anywhere, so that little more than where they begin and end is unknown.
        Assert.IsLessThan(2, s_model.Perplexity(Rows(100, seed: 2).Select(row => row.Text!)));
        Assert.IsGreaterThan(5, s_model.Perplexity(["ten two four one nine six", "five three one"]));
    }

    [TestMethod]
    public void ColumnsTellTheSameAsTheModelItself()
    {
        var rows = Rows(80, seed: 3);
        var told = _ml.Data.CreateEnumerable<Output>(s_model.Transform(_ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false).ToArray();
        var written = s_model.Generate([.. rows.Select(row => row.Text!)]);
        for (var i = 0; i < rows.Length; i++)
        {
            var tokens = s_model.Tokenizer.Encode(rows[i].Text!).Length + 1;
            Assert.AreEqual(s_model.Perplexity([rows[i].Text!]), told[i].Perplexity, 1e-3);
            Assert.AreEqual(Math.Exp(-told[i].LogLikelihood / tokens), told[i].Perplexity, 1e-4);
            Assert.AreEqual(written[i][0].Text, told[i].Continuation);
        }
        using var engine = _ml.Model.CreatePredictionEngine<Row, Output>(s_model, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (var (row, expected) in rows.Zip(told).Take(20))
        {
            var one = engine.Predict(row);
            Assert.AreEqual(expected.Continuation, one.Continuation);
            Assert.AreEqual(expected.Perplexity, one.Perplexity, 1e-3);
        }
    }

    [TestMethod]
    public async Task PartsComeAsTheyAreWritten()
    {
        foreach (var decoding in new DecodingOptions?[] { null, new() { Beams = 1, MinimumLength = 30, MaximumLength = 30 } })
        {
            var parts = new List<string>();
            await foreach (var part in s_model.GenerateAsync("two three", decoding))
                parts.Add(part);
            Assert.AreEqual(s_model.Generate("two three", decoding ?? s_model.Decoding)[0].Text, string.Concat(parts));
            Assert.IsGreaterThan(1, parts.Count);
        }
        using var cancellation = new CancellationTokenSource();
        var count = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in s_model.GenerateAsync("one", new() { Beams = 1, MinimumLength = 500, MaximumLength = 500 }, cancellation.Token))
                if (++count == 5)
                    cancellation.Cancel();
        });
        Assert.AreEqual(5, count);
        Assert.ThrowsExactly<ArgumentException>(() => s_model.GenerateAsync("one", new() { Beams = 3 }));
    }

    /// <summary>Of long texts windows are learned; far behind its context of 12 words the model still counts.</summary>
    [TestMethod]
    public void TextsMayBeLongerThanTheContext()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(first => new Row { Text = Count(first, 300) }));
        foreach (var network in new LanguageDesign[] { (TransformerLanguage)Settings().Network, new LstmLanguage { EmbeddingSize = 32, StateSize = 32, Layers = 1, Dropout = 0 } })
        {
            var settings = Settings();
            settings.Network = network;
            using var model = _ml.Generation.Trainers.LanguageModel(settings).Fit(data);
            var text = model.Generate(Count(0, 30), new DecodingOptions { Beams = 1, MinimumLength = 40, MaximumLength = 40 })[0];
            Assert.AreEqual(Count(30, 40), text.Text.Trim());
            // All but the first word follows; a whole text is told piece by piece.
            Assert.IsLessThan(1.2, model.Perplexity([Count(4, 300)]));
            Assert.IsGreaterThan(3, model.Perplexity([string.Join(' ', Enumerable.Range(0, 300).Select(i => s_numbers[i * i * 7 % 10]))]));
        }
    }

    [TestMethod]
    public void OtherSeedsWriteOtherTexts()
    {
        var sampling = new DecodingOptions { Sampling = new() { Seed = 1 }, Results = 20, MaximumLength = 12 };
        var texts = s_model.Generate("", sampling);
        Assert.IsGreaterThan(5, texts.Select(text => text.Text).Distinct().Count());
        CollectionAssert.AreEqual(texts.Select(text => text.Text).ToArray(), s_model.Generate("", sampling).Select(text => text.Text).ToArray());
        CollectionAssert.AreNotEqual(texts.Select(text => text.Text).ToArray(),
            s_model.Generate("", sampling with { Sampling = new() { Seed = 2 } }).Select(text => text.Text).ToArray());
    }

    [TestMethod]
    public void EmptyAndMissingTextsAreJudgedToo()
    {
        var data = _ml.Data.LoadFromEnumerable(new Row[] { new() { Text = null }, new() { Text = "" }, new() { Text = "unheard-of \ud83d words" } });
        var told = _ml.Data.CreateEnumerable<Output>(s_model.Transform(data), reuseRowObject: false).ToArray();
        Assert.AreEqual(told[0].Perplexity, told[1].Perplexity);
        Assert.AreEqual(told[0].Continuation, told[1].Continuation);
        Assert.IsTrue(told.All(row => float.IsFinite(row.Perplexity) && row.Perplexity > 1));
        Assert.ThrowsExactly<ArgumentException>(() => s_model.Perplexity([]));
    }

    [TestMethod]
    public void SchemasAreAsToldBefore()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(3, seed: 2));
        var told = _ml.Generation.Trainers.LanguageModel(Settings()).GetOutputSchema(Shapes.Of(data.Schema));
        foreach (var column in Shapes.Of(s_model.GetOutputSchema(data.Schema)))
        {
            var shape = told.Single(shape => shape.Name == column.Name);
            Assert.AreEqual((column.Kind, column.ItemType, column.IsKey), (shape.Kind, shape.ItemType, shape.IsKey), column.Name);
        }
        CollectionAssert.AreEquivalent(new[] { "Text", "Perplexity" },
            _ml.Generation.Trainers.LanguageModel().GetOutputSchema(Shapes.Of(data.Schema)).Select(column => column.Name).ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            _ml.Generation.Trainers.LanguageModel("Other").GetOutputSchema(Shapes.Of(data.Schema)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.Trainers.LanguageModel("Other").Fit(data));
        Assert.ThrowsExactly<InvalidOperationException>(() =>
            _ml.Generation.Trainers.LanguageModel().Fit(_ml.Data.LoadFromEnumerable(new Row[] { new() { Text = "" } })));
    }

    [TestMethod]
    public void ManyThreadsShareOneModel()
    {
        var prompts = Rows(40, seed: 5).Select(row => row.Text!).ToArray();
        var expected = s_model.Generate(prompts).Select(found => found[0].Text).ToArray();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (var i = thread; i < prompts.Length; i += 8)
                Assert.AreEqual(expected[i], s_model.Generate(prompts[i]));
        });
    }

    [TestMethod]
    public void SavedAndLoadedItWritesTheSame()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(100, seed: 7));
        foreach (var network in new LanguageDesign[] { new TransformerLanguage(), new LstmLanguage() })
        {
            var settings = Settings(epochs: 2);
            settings.Network = network;
            settings.Tokenizer = new CharacterOptions();
            using var file = new Samples.TemporaryFile();
            using var model = _ml.Generation.Trainers.LanguageModel(settings).Fit(data);
            _ml.Model.Save(model, data.Schema, file.Path);
            using var loaded = (LanguageModelTransformer)new MLContext().Model.Load(file.Path, out _);
            Assert.AreEqual(model.Decoding, loaded.Decoding);
            CollectionAssert.AreEqual(model.History.Epochs.ToArray(), loaded.History.Epochs.ToArray());
            CollectionAssert.AreEqual(model.Transform(data).GetColumn<float>("Perplexity").ToArray(), loaded.Transform(data).GetColumn<float>("Perplexity").ToArray());
            Assert.AreEqual(model.Generate("one t"), loaded.Generate("one t"));
        }
    }

    [TestMethod]
    public void TheSameSeedGivesTheSameModel()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(60, seed: 8));
        var told = Enumerable.Range(0, 2).Select(_ =>
        {
            using var model = _ml.Generation.Trainers.LanguageModel(Settings(epochs: 2)).Fit(data);
            return model.Transform(data).GetColumn<float>("Perplexity").ToArray();
        }).ToArray();
        CollectionAssert.AreEqual(told[0], told[1]);
    }

    [TestMethod]
    public void OtherTextsMayJudgeTheEpochs()
    {
        using var model = _ml.Generation.Trainers.LanguageModel(Settings(epochs: 2))
            .Fit(_ml.Data.LoadFromEnumerable(Rows(60, seed: 9)), _ml.Data.LoadFromEnumerable(Rows(20, seed: 10)));
        Assert.IsTrue(model.History.Epochs.All(epoch => epoch.ValidationLoss > 0));
    }
}
