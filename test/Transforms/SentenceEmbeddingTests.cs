using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Sentences of two topics, whose words never meet, and words that stand in both.</summary>
[TestClass]
public class SentenceEmbeddingTests
{
    static readonly string[][] s_topics =
    [
        ["dog", "cat", "horse", "cow", "sheep", "goat", "hen", "duck"],
        ["red", "green", "blue", "yellow", "white", "black", "brown", "pink"],
    ];

    static SentenceEmbeddingTransformer s_model = null!;
    readonly MLContext _ml = new(seed: 1);

    public sealed class Row
    {
        public string? Text { get; set; }
        public bool Label { get; set; }
    }

    public sealed class Output
    {
        public float[] Embedding { get; set; } = [];
    }

    static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var words = s_topics[i % 2];
            string Word() => words[random.Next(words.Length)];
            return new Row { Text = $"the {Word()} and a {Word()} or the {Word()}", Label = i % 2 == 1 };
        })];
    }

    static SentenceEmbeddingEstimator.Options Settings(int epochs = 30) => new()
    {
        InputColumnName = "Text",
        Tokenizer = new WordOptions(),
        Network = new TransformerLanguage { Width = 16, Heads = 2, Layers = 1, Dropout = 0 },
        MaximumLength = 12,
        Optimizer = new Adam { LearningRate = 0.01 },
        Schedule = new CosineSchedule { WarmupSteps = 20 },
        Epochs = epochs,
        BatchTokens = 256,
    };

    [ClassInitialize]
    public static void Train(TestContext context)
    {
        var ml = new MLContext(seed: 1);
        s_model = ml.Transforms.Text.SentenceEmbedding(Settings()).Fit(ml.Data.LoadFromEnumerable(Rows(300, seed: 1)));
    }

    [ClassCleanup]
    public static void Free() => s_model.Dispose();

    float[][] Embed(params string?[] texts) => [.. s_model.Transform(_ml.Data.LoadFromEnumerable(texts.Select(text => new Row { Text = text })))
        .GetColumn<float[]>("Embedding")];

    /// <summary>Each sentence's nearest neighbour, of other words, is of its topic.</summary>
    [TestMethod]
    public void SentencesOfATopicLieTogether()
    {
        var (known, asked) = (Rows(100, seed: 2), Rows(100, seed: 3));
        var (from, to) = (Embed([.. known.Select(row => row.Text)]), Embed([.. asked.Select(row => row.Text)]));
        var right = asked.Where((row, i) => known[Enumerable.Range(0, known.Length).MinBy(k => from[k].Zip(to[i], (a, b) => (a - b) * (a - b)).Sum())].Label == row.Label);
        Assert.IsGreaterThan(95, right.Count());
        Assert.IsLessThan(s_model.History.Epochs[0].Loss / 2, s_model.History.Epochs[^1].Loss);
    }

    [TestMethod]
    public void AClassifierLearnsFromFewSentences()
    {
        var pipeline = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression(featureColumnName: "Embedding");
        var classifier = pipeline.Fit(s_model.Transform(_ml.Data.LoadFromEnumerable(Rows(8, seed: 4))));
        var judged = _ml.BinaryClassification.Evaluate(classifier.Transform(s_model.Transform(_ml.Data.LoadFromEnumerable(Rows(200, seed: 5)))));
        Assert.IsGreaterThan(0.9, judged.Accuracy);
    }

    [TestMethod]
    public void ItsColumnIsAsToldBefore()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(3, seed: 2));
        var column = s_model.GetOutputSchema(data.Schema)["Embedding"];
        Assert.AreEqual(16, ((VectorDataViewType)column.Type).Size);
        Assert.IsTrue(column.HasSlotNames());
        var told = _ml.Transforms.Text.SentenceEmbedding(Settings()).GetOutputSchema(Shapes.Of(data.Schema)).Single(shape => shape.Name == "Embedding");
        var shape = Shapes.Of(s_model.GetOutputSchema(data.Schema)).Single(shape => shape.Name == "Embedding");
        Assert.AreEqual((shape.Kind, shape.ItemType, shape.IsKey), (told.Kind, told.ItemType, told.IsKey));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.Text.SentenceEmbedding("Embedding", "Label").Fit(data));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.Text.SentenceEmbedding("Embedding", "Other").Fit(data));
    }

    [TestMethod]
    public void AnyTextHasAnEmbedding()
    {
        var found = Embed(null, "", "unheard-of \ud83d words", string.Join(' ', Enumerable.Repeat("dog", 500)), string.Join(' ', Enumerable.Repeat("dog", 12)));
        Assert.IsTrue(found.All(embedding => embedding.Length == 16 && embedding.All(float.IsFinite)));
        CollectionAssert.AreEqual(found[0], found[1]);
        // The first twelve tokens are looked at.
        CollectionAssert.AreEqual(found[4], found[3]);
    }

    [TestMethod]
    public void EngineBatchesAndThreadsGiveTheSame()
    {
        var rows = Rows(60, seed: 6);
        var expected = Embed([.. rows.Select(row => row.Text)]);
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, thread =>
        {
            using var engine = new MLContext().Model.CreatePredictionEngine<Row, Output>(s_model, new PredictionEngineOptions { OwnsTransformer = false });
            for (var i = thread; i < rows.Length; i += 6)
            {
                // Matrix products of other sizes add in another order.
                foreach (var (a, b) in expected[i].Zip(engine.Predict(rows[i]).Embedding))
                    Assert.AreEqual(a, b, 1e-4);
            }
        });
    }

    [TestMethod]
    public void SavedAndLoadedItGivesTheSame()
    {
        var data = _ml.Data.LoadFromEnumerable(Rows(30, seed: 7));
        using var file = new Samples.TemporaryFile();
        _ml.Model.Save(s_model, data.Schema, file.Path);
        using var loaded = (SentenceEmbeddingTransformer)new MLContext().Model.Load(file.Path, out _);
        foreach (var (a, b) in s_model.Transform(data).GetColumn<float[]>("Embedding").Zip(loaded.Transform(data).GetColumn<float[]>("Embedding")))
            CollectionAssert.AreEqual(a, b);
        CollectionAssert.AreEqual(s_model.History.Epochs.ToArray(), loaded.History.Epochs.ToArray());
    }
}
