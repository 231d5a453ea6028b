using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>Batches of sequences by their tokens, and what the training loop does with batches of unequal weight.</summary>
[TestClass]
public class TokenBatchTests
{
    const int Tokens = 60;

    static readonly TranslationArchitecture architecture = new()
    {
        VocabularySize = 50, SourceVocabularySize = 50, MaximumLength = 30,
        Network = new TransformerTranslation { Width = 8, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForwardSize = 8 },
    };

    static readonly TrainingOptions quick = new() { Epochs = 5, BatchSize = Tokens, Optimizer = new Adam { LearningRate = 0.01 } };

    static List<(int[] Source, int[] Target)> Pairs(int count, int seed, int longest)
    {
        var random = new Random(seed);
        int[] Sequence() => [.. Enumerable.Range(0, random.Next(1, longest)).Select(_ => random.Next(3, 50))];
        return [.. Enumerable.Range(0, count).Select(_ => (Sequence(), Sequence()))];
    }

    static string Text(Tensor row) => string.Join(' ', row.data<long>().ToArray().Where(token => token != 0));

    static List<(List<string> Rows, long Weight)> Read(IBatchSource source, int epoch, int skip = 0) =>
        [.. source.Epoch(epoch, Tokens, skip).Select(batch =>
        {
            using var scope = NewDisposeScope();
            Assert.IsTrue(batch.Rows == 1 || batch.Rows * Math.Max(batch[0].shape[1], batch[1].shape[1] - 1) <= Tokens);
            return (Enumerable.Range(0, (int)batch.Rows).Select(i => Text(batch[0][i]) + " | " + Text(batch[1][i])).ToList(), batch.Weight);
        })];

    [TestMethod]
    public void EveryPairOnceAnEpochInAsManyBatches()
    {
        var pairs = Pairs(300, 1, longest: 31);
        var data = new SequencePairs(pairs, Pairs(20, 2, longest: 31));
        using var source = data.TrainingBatches(architecture, CPU, null);
        var expected = pairs.Select(p => $"{string.Join(' ', p.Source)} 2 | 1 {string.Join(' ', p.Target)} 2").Order().ToList();
        var epochs = Enumerable.Range(0, 3).Select(epoch => Read(source, epoch)).ToList();
        foreach (var epoch in epochs)
        {
            Assert.AreEqual(source.BatchCount(Tokens), epoch.Count);
            CollectionAssert.AreEqual(expected, epoch.SelectMany(batch => batch.Rows).Order().ToList());
            Assert.AreEqual(pairs.Sum(p => p.Target.Length + 1L), epoch.Sum(batch => batch.Weight));
        }
        Assert.AreNotEqual(epochs[0][0].Rows[0], epochs[1][0].Rows[0]);
        // An epoch is the same whenever it is asked for, from wherever.
        CollectionAssert.AreEqual(epochs[1].Skip(4).SelectMany(batch => batch.Rows).ToList(),
            Read(source, 1, skip: 4).SelectMany(batch => batch.Rows).ToList());

        using var validation = data.ValidationBatches(architecture, CPU, null)!;
        CollectionAssert.AreEqual(Read(validation, 0).SelectMany(b => b.Rows).ToList(), Read(validation, 1).SelectMany(b => b.Rows).ToList());
    }

    [TestMethod]
    public void BatchesArePacked()
    {
        var pairs = Pairs(3000, 3, longest: 9);
        using var source = new SequencePairs(pairs, []).TrainingBatches(architecture, CPU, null);
        // One that is split where the length is about to change holds less.
        Assert.IsLessThan(1.5 * pairs.Sum(p => Math.Max(p.Source.Length, p.Target.Length) + 1) / Tokens, source.BatchCount(Tokens));
    }

    [TestMethod]
    public void LongAndForeignPairsAreNotLearned()
    {
        var lines = new List<string>();
        (int[], int[]) fits = ([3], [4]), tooLong = (new int[31], [4]);
        using var source = new SequencePairs([fits, tooLong], []).TrainingBatches(architecture, CPU, lines.Add);
        Assert.AreEqual(1, source.RowCount);
        StringAssert.Contains(lines.Single(), "1 of 2 pairs");
        Assert.ThrowsExactly<ArgumentException>(() => new SequencePairs([tooLong], []).TrainingBatches(architecture, CPU, null));
        Assert.ThrowsExactly<ArgumentException>(() => new SequencePairs([([50], [4])], []).TrainingBatches(architecture, CPU, null));
        Assert.ThrowsExactly<ArgumentException>(() => new SequencePairs([], []));
    }

    static (byte[] Weights, TrainingHistory History) Train(TrainingOptions options, TranslationTraining? how = null, CancellationToken cancellation = default)
    {
        var data = new SequencePairs(Pairs(100, 5, longest: 12), Pairs(20, 6, longest: 12));
        using var model = TranslationModel.Train(architecture, data, options, how ?? new TranslationTraining(), cancellation);
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        return (stream.ToArray(), model.History);
    }

    [TestMethod]
    public void MeasuresSeeTheModelAndLeaveTheTrainingAlone()
    {
        var options = quick with { RestoreBest = false };
        var seen = new List<double>();
        var measured = Train(options with { MonitoredMeasure = "LogLikelihood" }, new TranslationTraining
        {
            Measures = model =>
            {
                seen.Add(model.LogLikelihood([[3, 4]], [[5]]).LogLikelihoods[0]);
                return new Dictionary<string, double> { ["LogLikelihood"] = seen[^1] };
            },
        });
        CollectionAssert.AreEqual(Train(options).Weights, measured.Weights);
        CollectionAssert.AreEqual(seen, measured.History.Epochs.Select(epoch => epoch.Measures!["LogLikelihood"]).ToArray());
        Assert.AreEqual(seen.IndexOf(seen.Max()) + 1, measured.History.BestEpoch);
    }

    public static IEnumerable<object[]> Runs =>
    [
        [quick], [quick with { AccumulateBatches = 3 }], [quick with { AccumulateBatches = 3, AverageEpochs = 2 }], [quick with { AverageEpochs = 9 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Runs))]
    public void ResumeEqualsNoInterruption(TrainingOptions options)
    {
        string folder = Support.TemporaryFolder();
        var expected = Train(options);
        foreach (int epochs in new[] { 1, 3, 4 })
            Assert.HasCount(epochs, Train(options with { CheckpointFolder = folder, Epochs = epochs }).History.Epochs);
        var resumed = Train(options with { CheckpointFolder = folder });
        CollectionAssert.AreEqual(expected.Weights, resumed.Weights);
        CollectionAssert.AreEqual(expected.History.Epochs.Select(e => e.Loss).ToArray(), resumed.History.Epochs.Select(e => e.Loss).ToArray());
    }
}
