using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

/// <summary>Prefixes, lengths, repetition, attention, and what is never generated.</summary>
[TestClass]
public class DecodingRulesTests
{
    const int Count = 30;

    static readonly int[] s_sources = [.. Enumerable.Range(0, Count)];

    static readonly DecodingOptions[] s_ways =
    [
        new() { Beams = 1, MaximumLength = 20 },
        new() { Beams = 4, Results = 4, MaximumLength = 20 },
        new() { Results = 4, MaximumLength = 20, Sampling = new() },
    ];

    static IEnumerable<DecodedSequence> Decode(TableModel model, Func<DecodingOptions, DecodingOptions> with, int[][]? prefixes = null, int[]? lengths = null) =>
        s_ways.SelectMany(way => model.Decode(with(way), s_sources, prefixes, lengths)).SelectMany(row => row);

    [TestMethod]
    public void PrefixesAreKept()
    {
        var model = new TableModel(Count, vocabulary: 10, seed: 1);
        int[][] prefixes = [.. s_sources.Select(r => Enumerable.Range(0, r % 6).Select(i => 3 + (2 * r + i) % 7).ToArray())];
        foreach (var way in s_ways)
        {
            foreach (var (row, source) in model.Decode(way, s_sources, prefixes).Zip(s_sources))
            {
                foreach (var found in row)
                {
                    int given = prefixes[source].Length;
                    Assert.AreEqual(given, found.PrefixLength);
                    CollectionAssert.AreEqual(prefixes[source], found.Tokens.Take(given).ToArray());
                    Assert.IsTrue(found.LogProbabilities.Take(given).All(p => p == 0));
                    Assert.AreEqual(model.LogProbability(source, found.Tokens, found.Ended, given), found.LogProbability, 1e-4);
                    Assert.AreEqual(found.LogProbabilities.Count, found.Tokens.Count);
                }
            }
        }
        // A greedy sequence is what follows any beginning of its own.
        var whole = model.Decode(s_ways[0], s_sources);
        int[][] beginnings = [.. whole.Select((row, r) => row[0].Tokens.Take(r % 5).ToArray())];
        foreach (var (a, b) in whole.Zip(model.Decode(s_ways[0] with { MaximumLength = 25 }, s_sources, beginnings)))
            CollectionAssert.AreEqual(a[0].Tokens.ToArray(), b[0].Tokens.Take(a[0].Tokens.Count).ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => new SequenceSearch(model.Start(0), CPU, TableModel.Special, s_ways[0],
            new DecodingBatch { Rows = [0], Prefixes = [[3, 4]], Limit = 2 }));
    }

    [TestMethod]
    public void LengthsStayWithinTheirLimits()
    {
        var model = new TableModel(Count, vocabulary: 6, seed: 2);
        int[] lengths = [.. s_sources.Select(r => 1 + r % 7)];
        var options = (DecodingOptions way) => way with { MinimumLength = new(2, 0.5), MaximumLength = new(3, 1.5) };
        foreach (var way in s_ways)
        {
            foreach (var (row, length) in model.Decode(options(way), s_sources, null, lengths).Zip(lengths))
            {
                foreach (var found in row)
                {
                    Assert.IsGreaterThanOrEqualTo((int)(2 + 0.5 * length), found.Tokens.Count);
                    Assert.IsLessThanOrEqualTo((int)(3 + 1.5 * length), found.Tokens.Count);
                    if (!found.Ended) Assert.HasCount((int)(3 + 1.5 * length), found.Tokens);
                }
            }
        }
        Assert.IsTrue(Decode(model, way => way with { MaximumLength = 0 }).All(f => f.Tokens.Count <= 1));
    }

    [TestMethod]
    public void WhatIsNoTextIsNeverGenerated()
    {
        var model = new TableModel(Count, vocabulary: 5, seed: 3);
        foreach (var found in Decode(model, way => way)) Assert.IsTrue(found.Tokens.All(token => token > TableModel.Special.End));
        using var state = model.Start(s_sources);
        var masked = SequenceSearch.Decode(state, CPU, TableModel.Special with { Mask = 3 }, s_ways[2],
            new DecodingBatch { Rows = [.. s_sources.Select(r => (long)r)] });
        Assert.IsTrue(masked.All(row => row.All(found => found.Tokens.All(token => token == 4))));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void NoNgramRepeats(int size)
    {
        var model = new TableModel(Count, vocabulary: 7, seed: 4);
        int[][] prefixes = [.. s_sources.Select(r => Enumerable.Range(0, r % 3).Select(i => 3 + i).ToArray())];
        int repeats = 0;
        foreach (var found in Decode(model, way => way with { NoRepeatNgramSize = size, MinimumLength = 15 }, prefixes))
        {
            var ngrams = Enumerable.Range(0, Math.Max(found.Tokens.Count - size + 1, 0)).Select(i => string.Join(' ', found.Tokens.Skip(i).Take(size))).ToList();
            Assert.HasCount(ngrams.Count, ngrams.Distinct());
        }
        foreach (var found in Decode(model, way => way with { MinimumLength = 15 })) repeats += found.Tokens.Count - found.Tokens.Distinct().Count();
        Assert.IsGreaterThan(0, repeats);
    }

    /// <summary>The penalty as it is written down, on the logits of a table.</summary>
    [TestMethod]
    public void RepetitionIsPenalized()
    {
        const double penalty = 1.7;
        var model = new TableModel(Count, vocabulary: 8, seed: 5);
        var found = model.Decode(new DecodingOptions { Beams = 1, MaximumLength = 12, RepetitionPenalty = penalty }, s_sources);
        foreach (int source in s_sources)
        {
            var tokens = new List<int>();
            double sum = 0;
            bool ended = false;
            while (!ended && tokens.Count < 12)
            {
                int last = tokens.Count > 0 ? tokens[^1] : 1, before = tokens.Count > 1 ? tokens[^2] : tokens.Count > 0 ? 1 : 0;
                double[] logits = [.. Enumerable.Range(0, 8).Select(c => (double)model.Logits[source, before, last, c])];
                foreach (int held in tokens.Append(1).Distinct()) logits[held] = logits[held] > 0 ? logits[held] / penalty : logits[held] * penalty;
                int best = Enumerable.Range(2, 6).MaxBy(c => logits[c]);
                sum += logits[best] - Math.Log(logits.Sum(Math.Exp));
                if (!(ended = best == 2)) tokens.Add(best);
            }
            CollectionAssert.AreEqual(tokens, found[source][0].Tokens.ToArray());
            Assert.AreEqual(sum / ((5 + tokens.Count + (ended ? 1 : 0)) / 6.0), found[source][0].Score, 1e-4);
            // The probabilities are still the model's own.
            Assert.AreEqual(model.LogProbability(source, tokens, ended), found[source][0].LogProbability, 1e-4);
        }
    }

    /// <summary>Each token has looked where the one before it points, and not at padding.</summary>
    [TestMethod]
    public void AttentionStandsWithItsToken()
    {
        var model = new TableModel(Count, vocabulary: 9, seed: 6);
        int[][] prefixes = [.. s_sources.Select(r => Enumerable.Range(0, r % 3).Select(i => 3 + i).ToArray())];
        int[] lengths = [.. s_sources.Select(_ => 4)];
        foreach (var found in Decode(model, way => way with { Attention = true }, prefixes, lengths))
        {
            if (found.Tokens.Count == 0) continue;
            Assert.AreEqual((found.Tokens.Count, 4), (found.Attention!.GetLength(0), found.Attention.GetLength(1)));
            for (int to = 0; to < found.Tokens.Count; to++)
                for (int from = 0; from < 4; from++)
                    Assert.AreEqual((to == 0 ? 1 : found.Tokens[to - 1]) % 4 == from ? 1f : 0f, found.Attention[to, from]);
        }
        Assert.IsTrue(Decode(model, way => way).All(found => found.Attention is null));
    }

    [TestMethod]
    public void BadOptionsAreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DecodingOptions { Beams = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DecodingOptions { RepetitionPenalty = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DecodingOptions { LengthPenalty = double.NaN });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TokenSampling { TopP = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TokenSampling { TopK = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TokenSampling { Temperature = double.PositiveInfinity });
        var model = new TableModel(1, 6);
        Assert.ThrowsExactly<ArgumentException>(() => model.Decode(new DecodingOptions { Beams = 2, Results = 3 }, [0]));
        model.Logits[0, 0, 1, 4] = float.NaN;
        Assert.ThrowsExactly<InvalidOperationException>(() => model.Decode(new DecodingOptions(), [0]));
    }

    /// <summary>The table looks at two tokens, so a window of a few changes nothing, however often it begins anew.</summary>
    [TestMethod]
    public void WindowsMoveAlong()
    {
        var model = new TableModel(1, vocabulary: 12, seed: 8);
        int[][] prefixes = [[3, 4, 5, 6, 7, 8, 9, 3, 4], [], [5, 5]];
        foreach (var way in s_ways)
        {
            var options = way with { MinimumLength = 17, MaximumLength = 17 };
            var expected = model.Decode(options, [0, 0, 0], prefixes, numbers: [1, 2, 3]);
            var fed = new List<TableState>();
            using (var state = new WindowedState(rows =>
            {
                fed.Add(model.Start(new int[rows]));
                return fed[^1];
            }, 3, window: 5))
            {
                var found = SequenceSearch.Decode(state, CPU, TableModel.Special, options, new DecodingBatch { Rows = [1, 2, 3], Prefixes = prefixes });
                foreach (var (row, other) in expected.Zip(found))
                    foreach (var (a, b) in row.Zip(other)) CollectionAssert.AreEqual(a.Tokens.ToArray(), b.Tokens.ToArray());
            }
            Assert.IsGreaterThan(5, fed.Count);
            Assert.IsTrue(fed.All(state => state.Length <= 5));
        }
    }

    [TestMethod]
    public void NoTensorOutlivesTheSearch()
    {
        var model = new TableModel(Count, vocabulary: 9, seed: 7);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (var found in Decode(model, way => way with { Attention = true, RepetitionPenalty = 1.2, NoRepeatNgramSize = 3, MinimumLength = 4 }))
            Assert.IsGreaterThanOrEqualTo(4, found.Tokens.Count);
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    public void NoRowsGiveNothing() => Assert.IsEmpty(new TableModel(1, 6).Decode(new DecodingOptions(), []));
}
