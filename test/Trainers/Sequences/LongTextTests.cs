using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>Texts longer than a language model's context.</summary>
[TestClass]
public class LongTextTests
{
    const int Vocabulary = 12, Context = 7;

    static LanguageModel Untrained()
    {
        var architecture = new LanguageArchitecture
        {
            VocabularySize = Vocabulary, MaximumLength = Context, Network = new TransformerLanguage { Width = 16, Heads = 2, Layers = 2, Dropout = 0 },
        };
        var network = (LanguageNetwork)architecture.Create(seed: 5);
        network.eval();
        return new LanguageModel(architecture, network, new TrainingHistory([], 0, false, false), CPU);
    }

    /// <summary>Token by token, in a window of eight that moves on by four when it is full.</summary>
    static double TokenByToken(LanguageModel model, int[] sequence)
    {
        const int window = Context + 1;
        long[] whole = [1, .. sequence.Select(token => (long)token), 2];
        double sum = 0;
        int start = 0;
        for (int told = 1; told < whole.Length; told++)
        {
            if (told - start > window) start += window / 2;
            using var scope = NewDisposeScope();
            using var state = model.Start(1);
            long[] before = whole[start..told];
            sum += state.Feed(tensor(before, [1, before.Length])).log_softmax(1)[0, whole[told]].item<float>();
        }
        return sum;
    }

    [TestMethod]
    public void EveryTokenIsToldOnceByAtLeastHalfAWindow()
    {
        using var model = Untrained();
        var random = new Random(1);
        int[][] sequences = [.. new[] { 0, 1, 6, 7, 8, 11, 12, 30, 61 }
            .Select(length => Enumerable.Range(0, length).Select(_ => random.Next(3, Vocabulary)).ToArray())];
        var (found, tokens) = model.LogLikelihood(sequences);
        for (int i = 0; i < sequences.Length; i++)
        {
            Assert.AreEqual(sequences[i].Length + 1, tokens[i]);
            Assert.AreEqual(TokenByToken(model, sequences[i]), found[i], 1e-3, $"{sequences[i].Length} tokens");
        }
        Assert.ThrowsExactly<ArgumentException>(() => model.LogLikelihood([[Vocabulary]]));
    }
}
