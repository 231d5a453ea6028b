using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>What every translation model promises, whatever its network.</summary>
[TestClass]
public class TranslationModelTests
{
    const int Vocabulary = 14;

    public static IEnumerable<object[]> Designs =>
    [
        [new TransformerTranslation { Width = 16, Heads = 2, EncoderLayers = 2, DecoderLayers = 2, FeedForwardSize = 24, Dropout = 0 }],
        [new TransformerTranslation { Width = 8, Heads = 1, EncoderLayers = 1, DecoderLayers = 1, FeedForwardSize = 8, Dropout = 0, PreNorm = false,
            LearnedPositions = true, TiedEmbeddings = false, Activation = Activation.Gelu }],
        [new RecurrentAttentionTranslation { EmbeddingSize = 12, StateSize = 16, AttentionSize = 8, Dropout = 0 }],
        [new RecurrentAttentionTranslation { EmbeddingSize = 8, StateSize = 12, AttentionSize = 12, Dropout = 0.01, TiedEmbeddings = false }],
    ];

    static TranslationArchitecture Architecture(TranslationDesign design) => new()
    {
        VocabularySize = Vocabulary, SourceVocabularySize = Vocabulary, MaximumLength = 40, Network = design,
    };

    /// <summary>Pairs that can be learned: the target is the source backwards.</summary>
    static (int[] Source, int[] Target)[] Pairs(int count, int seed, int longest = 6)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] source = [.. Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => random.Next(3, Vocabulary))];
            return (source, source.Reverse().ToArray());
        })];
    }

    static TranslationModel Untrained(TranslationDesign design)
    {
        var architecture = Architecture(design);
        var network = (TranslationNetwork)architecture.Create(seed: 3);
        network.eval();
        return new TranslationModel(architecture, network, new TrainingHistory([], 0, false, false), CPU);
    }

    static Tensor Column(params int[] tokens) => tensor(Array.ConvertAll(tokens, token => (long)token), [tokens.Length, 1]);

    /// <summary>The logarithms of the probabilities of a target's tokens and of End, token by token.</summary>
    static double[] Stepwise(TranslationModel model, int[][] sources, int[][] targets)
    {
        using var scope = NewDisposeScope();
        using var state = model.Encode(sources);
        var sums = new double[sources.Length];
        for (int t = 0; t <= targets.Max(target => target.Length); t++)
        {
            var scores = state.Feed(Column([.. targets.Select(target => t == 0 ? 1 : t <= target.Length ? target[t - 1] : 0)])).log_softmax(1);
            Assert.AreEqual(t + 1, state.Length);
            for (int row = 0; row < targets.Length; row++)
            {
                if (t <= targets[row].Length) sums[row] += scores[row, t < targets[row].Length ? targets[row][t] : 2].item<float>();
            }
        }
        return sums;
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void TokenByTokenEqualsAllAtOnceAloneAndTogether(TranslationDesign design)
    {
        using var model = Untrained(design);
        var pairs = Pairs(7, 1, longest: 36); // beyond the room that a cache has at first
        int[][] sources = [.. pairs.Select(pair => pair.Source)], targets = [.. pairs.Select(pair => pair.Target)];
        var (together, tokens) = model.LogLikelihood(sources, targets);
        double[] stepwise = Stepwise(model, sources, targets);
        for (int i = 0; i < pairs.Length; i++)
        {
            Assert.AreEqual(targets[i].Length + 1, tokens[i]);
            Assert.AreEqual(together[i], stepwise[i], 1e-5 * tokens[i]);
            Assert.AreEqual(together[i], model.LogLikelihood([sources[i]], [targets[i]]).LogLikelihoods[0], 1e-5 * tokens[i]);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void SeveralTokensAtOnceAndOtherRowsEqualASingleOne(TranslationDesign design)
    {
        using var scope = NewDisposeScope();
        using var model = Untrained(design);
        int[][] sources = [[3, 4, 5, 6], [7, 8], [9]];
        using var state = model.Encode(sources);
        state.Feed(tensor(new long[] { 1, 10, 1, 11, 1, 12 }, [3, 2]));
        // The second row twice, with other tokens, then the first; the third is done.
        state.Keep(tensor(new long[] { 1, 1, 0 }));
        Assert.AreEqual(3, state.Rows);
        state.Feed(Column(5, 6, 7));
        state.Keep(tensor(new long[] { 1, 2, 0 })); // rows of one source change places
        var scores = state.Feed(Column(3, 4, 5));
        var attention = state.SourceAttention();
        (int[] Source, long[] Fed)[] rows = [(sources[1], [1, 11, 6, 3]), (sources[0], [1, 10, 7, 4]), (sources[1], [1, 11, 5, 5])];
        for (int i = 0; i < rows.Length; i++)
        {
            using var alone = model.Encode([rows[i].Source]);
            var expected = alone.Feed(tensor(rows[i].Fed, [1, 4]));
            Assert.IsLessThan(1e-5, (expected[0] - scores[i]).abs().max().item<float>());
            if (attention is null) continue;
            Assert.AreEqual(1, attention[i].sum().item<float>(), 1e-5);
            using var expectedAttention = alone.SourceAttention()!;
            Assert.IsLessThan(1e-5, (expectedAttention[0] - attention[i].narrow(0, 0, rows[i].Source.Length + 1)).abs().max().item<float>());
        }
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void AStateLeavesNoTensorBehind(TranslationDesign design)
    {
        using var model = Untrained(design);
        long before = 0;
        for (int i = 0; i < 2; i++) // what is made once for all is made the first time
        {
            before = Tensor.TotalCount;
            using var tokens = tensor(new long[] { 3, 4 }, [2, 1]);
            using var rows = tensor(new long[] { 1, 0 });
            using var state = model.Encode([[3, 4, 5], [6]]);
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
    public void OneModelServesSeveralThreads(TranslationDesign design)
    {
        using var model = Untrained(design);
        var pairs = Pairs(12, 4);
        double[] expected = [.. pairs.Select(pair => Stepwise(model, [pair.Source], [pair.Target])[0])];
        Parallel.For(0, 48, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var (source, target) = pairs[i % pairs.Length];
            Assert.AreEqual(expected[i % pairs.Length], Stepwise(model, [source], [target])[0], 1e-6);
            Assert.AreEqual(expected[i % pairs.Length], model.LogLikelihood([source], [target]).LogLikelihoods[0], 1e-4);
        });
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void ALaterTokenNeverChangesAnEarlierOutput(TranslationDesign design)
    {
        using var scope = NewDisposeScope();
        using var network = (TranslationNetwork)Architecture(design).Create(seed: 3);
        network.eval();
        var source = TokenTensor.Of([[3, 4, 5], [6, 7, 8]], null, 2, 0, CPU);
        var target = TokenTensor.Of([[3, 4, 5, 6], [7, 8, 9, 10]], 1, null, 0, CPU);
        var before = network.States(source, target).view(2, 5, -1);
        var changed = target.clone();
        changed[0, 3] = tensor(13L);
        var after = network.States(source, changed).view(2, 5, -1);
        var same = before.eq(after).all(2);
        for (int t = 0; t < 5; t++)
        {
            Assert.AreEqual(t < 3, same[0, t].item<bool>());
            Assert.IsTrue(same[1, t].item<bool>());
        }
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void LearnsToReverse(TranslationDesign design)
    {
        var pairs = Pairs(600, 2, longest: 4);
        var options = new TrainingOptions { Epochs = 25, BatchSize = 200, Optimizer = new Adam { LearningRate = 0.005 } };
        using var model = TranslationModel.Train(Architecture(design), new SequencePairs(pairs, Pairs(50, 3, longest: 4)), options, new TranslationTraining());
        Assert.IsGreaterThan(0.9 * Math.Log(Vocabulary), model.History.Epochs[0].Loss); // it starts from about equal probabilities
        Assert.IsLessThan(1, model.History.Epochs[^1].ValidationLoss!.Value);

        using var file = new MemoryStream();
        model.SaveWeights(file);
        file.Position = 0;
        using var loaded = (TranslationModel)SequenceModel.Load(file, model.Architecture, model.History, CPU);
        int[][] sources = [[3, 4, 5], [6]], targets = [[5, 4, 3], [7]];
        CollectionAssert.AreEqual(model.LogLikelihood(sources, targets).LogLikelihoods, loaded.LogLikelihood(sources, targets).LogLikelihoods);
        Assert.ThrowsExactly<InvalidDataException>(() =>
        {
            file.Position = 0;
            SequenceModel.Load(file, model.Architecture with { VocabularySize = 15, SourceVocabularySize = 15 }, model.History, CPU);
        });

        var maps = model.Attend([3, 4, 5], [5, 4]);
        foreach (var map in maps.Cross.SelectMany(layer => layer))
        {
            Assert.AreEqual((3, 4), (map.GetLength(0), map.GetLength(1)));
            for (int to = 0; to < 3; to++) Assert.AreEqual(1, Enumerable.Range(0, 4).Sum(from => map[to, from]), 1e-5);
        }
    }

    [TestMethod]
    public void SizesAreTold()
    {
        foreach (var design in Designs.Select(d => (TranslationDesign)d[0]))
        {
            foreach (bool shared in new[] { true, false })
            {
                var architecture = Architecture(design) with { SharedVocabulary = shared };
                using var network = architecture.Create(1);
                Assert.AreEqual(network.parameters().Sum(p => p.numel()), architecture.CountValues());
            }
        }
    }

    [TestMethod]
    public void NonsenseIsRefused()
    {
        using var model = Untrained((TranslationDesign)Designs.First()[0]);
        Assert.ThrowsExactly<ArgumentException>(() => model.Encode([new int[41]]));
        Assert.ThrowsExactly<ArgumentException>(() => model.Encode([[Vocabulary]]));
        Assert.ThrowsExactly<ArgumentException>(() => model.LogLikelihood([[3]], [[-1]]));
        Assert.ThrowsExactly<ArgumentException>(() => (model.Architecture with { SourceVocabularySize = 15 }).Create(1));
        Assert.ThrowsExactly<ArgumentException>(() => (model.Architecture with { Special = new() { Begin = 0 } }).Create(1));
        Assert.ThrowsExactly<ArgumentException>(() => (model.Architecture with { Network = new TransformerTranslation { Width = 10 } }).Create(1));
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Encode([[3]]));
    }
}
