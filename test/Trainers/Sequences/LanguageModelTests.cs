using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>What language models promise, whatever their network.</summary>
[TestClass]
public class LanguageModelTests
{
    const int Vocabulary = 9;

    public static IEnumerable<object[]> Designs =>
    [
        [new TransformerLanguage { Width = 16, Heads = 2, Layers = 2, Dropout = 0 }],
        [new TransformerLanguage { Width = 8, Heads = 1, Layers = 1, FeedForwardSize = 6, PreNorm = false, LearnedPositions = false, TiedEmbeddings = false }],
        [new LstmLanguage { EmbeddingSize = 8, StateSize = 16 }],
        [new LstmLanguage { EmbeddingSize = 8, StateSize = 12, Layers = 1, TiedEmbeddings = false, Dropout = 0 }],
    ];

    static LanguageArchitecture Architecture(LanguageDesign design) => new() { VocabularySize = Vocabulary, MaximumLength = 40, Network = design };

    static LanguageModel Untrained(LanguageDesign design)
    {
        var network = (LanguageNetwork)Architecture(design).Create(seed: 3);
        network.eval();
        return new LanguageModel(Architecture(design), network, new TrainingHistory([], 0, false, false), CPU);
    }

    /// <summary>Sequences whose every token tells the next: counting upwards, around the tokens from 3.</summary>
    static int[][] Counting(int count, int seed, int longest)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int start = random.Next(6);
            return Enumerable.Range(0, random.Next(longest + 1)).Select(i => 3 + (start + i) % 6).ToArray();
        })];
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void TokenByTokenEqualsAllAtOnceAloneAndTogether(LanguageDesign design)
    {
        using var scope = NewDisposeScope();
        using var model = Untrained(design);
        int[][] sequences = [[3, 4, 5, 6, 7, 8, 3], [], [5], [.. Enumerable.Range(0, 40).Select(i => 3 + i * i % 6)]];
        var (together, tokens) = model.LogLikelihood(sequences);
        for (int i = 0; i < sequences.Length; i++)
        {
            Assert.AreEqual(sequences[i].Length + 1, tokens[i]);
            Assert.AreEqual(together[i], model.LogLikelihood([sequences[i]]).LogLikelihoods[0], 1e-5 * tokens[i]);
            using var state = model.Start(2);
            double sum = 0;
            int[] fed = [1, .. sequences[i]], told = [.. sequences[i], 2];
            for (int t = 0; t < fed.Length; t++)
            {
                // The second row sees other tokens, then the two change places.
                var scores = state.Feed(tensor(t % 2 == 0 ? new long[] { fed[t], 4 } : [4, fed[t]], [2, 1])).log_softmax(1);
                sum += scores[t % 2, told[t]].item<float>();
                state.Keep(tensor(new long[] { 1, 0 }));
            }
            Assert.AreEqual(fed.Length, state.Length);
            Assert.IsNull(state.SourceAttention());
            Assert.AreEqual(together[i], sum, 1e-5 * tokens[i]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void AStateLeavesNoTensorBehind(LanguageDesign design)
    {
        using var model = Untrained(design);
        long before = 0;
        for (int i = 0; i < 2; i++) // what is made once for all is made the first time
        {
            before = Tensor.TotalCount;
            using var tokens = tensor(new long[] { 3, 4 }, [2, 1]);
            using var rows = tensor(new long[] { 1, 0 });
            using var state = model.Start(2);
            for (int t = 0; t < 20; t++)
            {
                state.Feed(tokens).Dispose();
                state.SourceAttention()?.Dispose();
                state.Keep(rows);
            }
        }
        Assert.AreEqual(before, Tensor.TotalCount);
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void ALaterTokenNeverChangesAnEarlierOutput(LanguageDesign design)
    {
        using var scope = NewDisposeScope();
        using var network = (LanguageNetwork)Architecture(design).Create(seed: 3);
        network.eval();
        var (first, second) = (tensor(new long[] { 1, 3, 4, 5, 6 }, [1, 5]), tensor(new long[] { 1, 3, 4, 8, 6 }, [1, 5]));
        var same = network.States(first).eq(network.States(second)).all(1);
        for (int t = 0; t < 5; t++) Assert.AreEqual(t < 3, same[t].item<bool>());
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void LearnsToCount(LanguageDesign design)
    {
        var data = new TokenSequences(Counting(300, 1, 12), Counting(30, 2, 12));
        var options = new TrainingOptions { Epochs = 12, BatchSize = 200, Optimizer = new Adam { LearningRate = 0.01 } };
        using var model = LanguageModel.Train(Architecture(design), data, options);
        // What the network cannot know: one of 6 starts, and at every token whether the end comes.
        Assert.IsLessThan(0.9, model.History.Epochs[^1].ValidationLoss!.Value);

        using var file = new MemoryStream();
        model.SaveWeights(file);
        file.Position = 0;
        using var loaded = (LanguageModel)SequenceModel.Load(file, model.Architecture, model.History, CPU);
        CollectionAssert.AreEqual(model.LogLikelihood([[3, 4]]).LogLikelihoods, loaded.LogLikelihood([[3, 4]]).LogLikelihoods);
        Assert.AreEqual(file.Length, file.Position);
    }

    [TestMethod]
    public void SizesAreTold()
    {
        foreach (var design in Designs.Select(d => (LanguageDesign)d[0]))
        {
            using var network = Architecture(design).Create(1);
            Assert.AreEqual(network.parameters().Sum(p => p.numel()), Architecture(design).CountValues());
        }
    }

    [TestMethod]
    public void WindowsOfAStream()
    {
        int[] text = [.. Enumerable.Range(0, 100).Select(i => 3 + i % 6)];
        var architecture = Architecture(new TransformerLanguage());
        var data = new TokenSequences([text, [8]], [text[..50]]) { Window = 10 };
        string stream = string.Join(' ', (int[])[1, .. text, 2, 1, 8, 2]);
        using var training = data.TrainingBatches(architecture, CPU, null);
        List<(string Row, long Weight)> Rows(IBatchSource source, int epoch) => [.. source.Epoch(epoch, 30).SelectMany(batch =>
        {
            using var scope = NewDisposeScope();
            Assert.IsLessThanOrEqualTo(3, batch.Rows);
            return Enumerable.Range(0, (int)batch.Rows).Select(i =>
                (string.Join(' ', batch[0][i].data<long>().ToArray().Where(token => token != 0)), batch.Weight)).ToList();
        })];
        var rows = Rows(training, 0);
        Assert.HasCount(11, rows); // 105 tokens, 104 of them told
        Assert.AreEqual(4, training.BatchCount(30));
        foreach (var (row, _) in rows)
        {
            StringAssert.Contains(stream, row);
            Assert.AreEqual(11, row.Split(' ').Length);
        }
        CollectionAssert.AreEqual(rows, Rows(training, 0));
        CollectionAssert.AreNotEqual(rows, Rows(training, 1));

        using var validation = data.ValidationBatches(architecture, CPU, null)!;
        // Every token but the first is told once: a window begins with the last token of the one before.
        string[] told = [.. Rows(validation, 0).SelectMany(row => row.Row.Split(' ').Skip(1))];
        CollectionAssert.AreEqual(text[..50].Append(2).Select(token => $"{token}").ToArray(), told);

        using var many = new TokenSequences([text], []) { Window = 10, WindowsPerEpoch = 25 }.TrainingBatches(architecture, CPU, null);
        Assert.HasCount(25, Rows(many, 0));
        Assert.ThrowsExactly<ArgumentException>(() => new TokenSequences([text], []) { Window = 42 }.TrainingBatches(architecture, CPU, null));
    }
}
