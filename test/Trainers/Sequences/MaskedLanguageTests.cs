using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class MaskedLanguageTests
{
    const int Vocabulary = 1000, Mask = 3;

    static MaskedLanguageArchitecture Architecture(int vocabulary = Vocabulary) => new()
    {
        VocabularySize = vocabulary, MaximumLength = 30, Special = new SpecialTokens { Mask = Mask },
        Network = new TransformerLanguage { Width = 16, Heads = 2, Layers = 1, Dropout = 0 },
    };

    /// <summary>The shares of Devlin et al. 2019, section 3.1: 15 % are told, of which 80 % are hidden, 10 % replaced and 10 % left.</summary>
    [TestMethod]
    public void HidesTheSharesAskedFor()
    {
        using var scope = NewDisposeScope();
        using var network = (MaskedLanguageNetwork)Architecture().Create(1);
        const int rows = 400, length = 29;
        var random = new Random(1);
        var tokens = TokenTensor.Of([.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, length).Select(_ => random.Next(4, Vocabulary)).ToArray()),
            [5]], 1, 2, 0, CPU);
        manual_seed(1);
        var (seen, places) = network.Hide(tokens, new MaskedLanguageTraining());
        long[] before = tokens.flatten().data<long>().ToArray(), after = seen.flatten().data<long>().ToArray();
        var told = places.data<long>().ToArray().ToHashSet();
        double count = rows * length;
        Near(0.15, told.Count / count, count);
        Near(0.8, told.Count(i => after[i] == Mask) / (double)told.Count, told.Count);
        Near(0.1, told.Count(i => after[i] != Mask && after[i] != before[i]) / (double)told.Count, told.Count);
        for (int i = 0; i < before.Length; i++)
        {
            if (told.Contains(i)) Assert.IsGreaterThan(3, before[i], "special tokens are not told");
            else Assert.AreEqual(before[i], after[i]);
        }
        // Where chance hides nothing, one token is; where there is none, the end.
        foreach (int[] row in new int[][] { [7], [] })
            Assert.AreEqual(1, network.Hide(TokenTensor.Of([row], 1, 2, 0, CPU), new MaskedLanguageTraining { Share = 1e-9 }).Places.numel());

        // Four deviations of a binomial distribution.
        static void Near(double expected, double actual, double count) =>
            Assert.AreEqual(expected, actual, 4 * Math.Sqrt(expected * (1 - expected) / count));
    }

    [TestMethod]
    public void LearnsAndEmbeds()
    {
        // A sequence holds one of six tokens alone, so that whatever is hidden can be told from the others.
        int[][] Sequences(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Repeat(4 + random.Next(6), random.Next(3, 12)).ToArray())];
        }
        var options = new TrainingOptions { Epochs = 15, BatchSize = 200, Optimizer = new Adam { LearningRate = 0.01 } };
        using var model = MaskedLanguageModel.Train(Architecture(vocabulary: 10), new TokenSequences(Sequences(300, 1), Sequences(60, 2)), options,
            new MaskedLanguageTraining());
        Assert.IsLessThan(0.3, model.History.Epochs[^1].ValidationLoss!.Value);

        int[][] rows = [[4, 4, 4], [5, 5, 5, 5, 5, 5, 5], [], [4, 4, 4]];
        var together = new float[rows.Length * model.EmbeddingSize];
        model.Embed(rows, together);
        for (int i = 0; i < rows.Length; i++)
        {
            var alone = new float[model.EmbeddingSize];
            model.Embed([rows[i]], alone);
            for (int j = 0; j < alone.Length; j++) Assert.AreEqual(alone[j], together[i * alone.Length + j], 1e-5);
        }

        using var file = new MemoryStream();
        model.SaveWeights(file);
        Assert.AreEqual(model.Architecture.CountValues(), Parameters(model.Architecture));
        file.Position = 0;
        using var loaded = (MaskedLanguageModel)SequenceModel.Load(file, model.Architecture, model.History, CPU);
        var again = new float[together.Length];
        loaded.Embed(rows, again);
        CollectionAssert.AreEqual(together, again);

        static long Parameters(MaskedLanguageArchitecture architecture)
        {
            using var network = architecture.Create(1);
            return network.parameters().Sum(p => p.numel());
        }
    }

    [TestMethod]
    public void NeedsAMask() => Assert.ThrowsExactly<ArgumentException>(() => (Architecture() with { Special = new() }).Create(1));
}
