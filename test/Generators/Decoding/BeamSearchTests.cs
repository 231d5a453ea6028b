using Extensions.ML.Trainers;

namespace Extensions.ML.Generators.Tests;

/// <summary>Beam search over models that are small enough to be searched whole.</summary>
[TestClass]
public class BeamSearchTests
{
    static readonly SpecialTokens s_special = TableModel.Special;

    record struct Found(int[] Tokens, bool Ended, double LogProbability, double Score);

    static double Score(double logProbability, int length, double alpha) => logProbability / Math.Pow((5 + length) / 6.0, alpha);

    /// <summary>All sequences of a model, best first; those that ended before those that were cut.</summary>
    static List<Found> Enumerate(TableModel model, int source, int maximum, double alpha)
    {
        var all = new List<Found>();
        Visit([], 0);
        return [.. all.OrderByDescending(f => f.Ended).ThenByDescending(f => f.Score)];

        void Visit(int[] tokens, double sum)
        {
            if (tokens.Length == maximum)
            {
                all.Add(new(tokens, false, sum, Score(sum, tokens.Length, alpha)));
                return;
            }
            var next = model.Next(source, tokens);
            double ended = sum + next[s_special.End];
            all.Add(new(tokens, true, ended, Score(ended, tokens.Length + 1, alpha)));
            for (int token = s_special.End + 1; token < model.Vocabulary; token++) Visit([.. tokens, token], sum + next[token]);
        }
    }

    static void AssertSame(Found expected, DecodedSequence actual)
    {
        CollectionAssert.AreEqual(expected.Tokens, actual.Tokens.ToArray());
        Assert.AreEqual(expected.Ended, actual.Ended);
        Assert.AreEqual(expected.LogProbability, actual.LogProbability, 1e-4);
        Assert.AreEqual(expected.Score, actual.Score, 1e-4);
    }

    /// <summary>A beam as wide as there are beginnings loses nothing: its results are the best of all sequences, in their order.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(0.6)]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(-1)]
    public void WideBeamFindsTheBestOfAll(double alpha)
    {
        const int maximum = 4, results = 6;
        var model = new TableModel(sources: 8, vocabulary: 6);
        int[] sources = [.. Enumerable.Range(0, 8)];
        // 3⁴ beginnings of four tokens, and the sequences that ended before.
        var options = new DecodingOptions { Beams = 81 + 27 + 9 + 3 + 1, Results = results, MaximumLength = maximum, LengthPenalty = alpha };
        foreach (var (found, source) in model.Decode(options, sources).Zip(sources))
        {
            Assert.HasCount(results, found);
            foreach (var (expected, actual) in Enumerate(model, source, maximum, alpha).Zip(found)) AssertSame(expected, actual);
        }
    }

    /// <summary>The search written down anew, one row at a time and without any early end.</summary>
    static List<Found> Reference(TableModel model, int source, int beams, int maximum, double alpha)
    {
        var done = new List<Found>();
        List<(int[] Tokens, double Sum)> live = [([], 0)];
        for (int length = 0; length < maximum && live.Count > 0; length++)
        {
            var best = live
                .SelectMany(h => model.Next(source, h.Tokens).Select((p, token) => (h.Tokens, Token: token, Sum: h.Sum + p)))
                .Where(c => c.Token >= s_special.End).OrderByDescending(c => c.Sum).Take(beams - done.Count).ToList();
            done.AddRange(best.Where(c => c.Token == s_special.End).Select(c => new Found(c.Tokens, true, c.Sum, Score(c.Sum, length + 1, alpha))));
            live = [.. best.Where(c => c.Token != s_special.End).Select(c => ((int[])[.. c.Tokens, c.Token], c.Sum))];
        }
        done.AddRange(live.Select(h => new Found(h.Tokens, false, h.Sum, Score(h.Sum, maximum, alpha))));
        return [.. done.OrderByDescending(f => f.Ended).ThenByDescending(f => f.Score)];
    }

    [TestMethod]
    [DataRow(1, 1, 1.0)]
    [DataRow(2, 1, 0.0)]
    [DataRow(4, 1, 0.6)]
    [DataRow(4, 3, 1.0)]
    [DataRow(5, 5, 1.0)]
    [DataRow(5, 2, -0.5)]
    [DataRow(8, 2, 2.0)]
    public void EarlyEndLosesNothing(int beams, int results, double alpha)
    {
        const int maximum = 12, count = 40;
        var model = new TableModel(count, vocabulary: 9, seed: 3);
        int[] sources = [.. Enumerable.Range(0, count)];
        using var state = model.Start(sources);
        var options = new DecodingOptions { Beams = beams, Results = results, MaximumLength = maximum, LengthPenalty = alpha };
        var found = SequenceSearch.Decode(state, TorchSharp.torch.CPU, s_special, options, new DecodingBatch { Rows = [.. sources.Select(s => (long)s)] });
        foreach (int source in sources)
        {
            var expected = Reference(model, source, beams, maximum, alpha).Take(results).ToList();
            Assert.HasCount(expected.Count, found[source]);
            foreach (var (one, other) in expected.Zip(found[source])) AssertSame(one, other);
        }
        // Rows begin with one hypothesis each, and leave when they are done.
        Assert.AreEqual(count, state.Fed[0]);
        Assert.IsLessThan(count * beams / 2, state.Fed[^1]);
    }

    /// <summary>The rows that are fed are those of rows that are not done.</summary>
    [TestMethod]
    public void FinishedRowsLeave()
    {
        const int count = 30, maximum = 20;
        var model = new TableModel(count, vocabulary: 6, seed: 5);
        using var state = model.Start([.. Enumerable.Range(0, count)]);
        var found = SequenceSearch.Decode(state, TorchSharp.torch.CPU, s_special, new DecodingOptions { Beams = 1, MaximumLength = maximum },
            new DecodingBatch { Rows = [.. Enumerable.Range(0, count).Select(r => (long)r)] });
        int[] steps = [.. found.Select(row => row[0].Tokens.Count + (row[0].Ended ? 1 : 0))];
        Assert.HasCount(steps.Max(), state.Fed);
        for (int step = 0; step < state.Fed.Count; step++) Assert.AreEqual(steps.Count(s => s > step), state.Fed[step], $"step {step}");
        Assert.IsGreaterThan(5, steps.Distinct().Count());
    }

    /// <summary>A beam of one takes the most probable token each time.</summary>
    [TestMethod]
    public void BeamOfOneIsGreedy()
    {
        const int count = 50, maximum = 15;
        var model = new TableModel(count, vocabulary: 20, seed: 7);
        var found = model.Decode(new DecodingOptions { Beams = 1, MaximumLength = maximum }, [.. Enumerable.Range(0, count)]);
        for (int source = 0; source < count; source++)
        {
            var tokens = new List<int>();
            var logProbabilities = new List<double>();
            bool ended = false;
            while (!ended && tokens.Count < maximum)
            {
                var next = model.Next(source, tokens);
                int best = Enumerable.Range(s_special.End, model.Vocabulary - s_special.End).MaxBy(token => next[token]);
                if (ended = best == s_special.End) break;
                tokens.Add(best);
                logProbabilities.Add(next[best]);
            }
            CollectionAssert.AreEqual(tokens, found[source][0].Tokens.ToArray());
            Assert.AreEqual(ended, found[source][0].Ended);
            foreach (var (expected, actual) in logProbabilities.Zip(found[source][0].LogProbabilities)) Assert.AreEqual(expected, actual, 1e-4);
            Assert.AreEqual(model.LogProbability(source, tokens, ended), found[source][0].LogProbability, 1e-4);
        }
    }

    [TestMethod]
    public void WhatIsDecodedBesideARowDoesNotMatter()
    {
        const int count = 24;
        var model = new TableModel(count, vocabulary: 12, seed: 9);
        int[][] prefixes = [.. Enumerable.Range(0, count).Select(r => Enumerable.Range(0, r % 4).Select(i => 3 + (r + i) % 9).ToArray())];
        int[] lengths = [.. Enumerable.Range(0, count).Select(r => 2 + r % 5)];
        foreach (var options in new DecodingOptions[]
        {
            new() { Beams = 4, Results = 4, MaximumLength = new(3, 1.5) },
            new() { Beams = 3, RepetitionPenalty = 1.4, NoRepeatNgramSize = 2, MinimumLength = new(0, 0.5), MaximumLength = 12 },
            new() { Results = 3, MaximumLength = 12, Sampling = new() { TopP = 0.9, Temperature = 1.3 } },
        })
        {
            int[] all = [.. Enumerable.Range(0, count)];
            var together = model.Decode(options, all, prefixes, lengths);
            int[] backwards = [.. all.Reverse()];
            var reversed = model.Decode(options, backwards, [.. prefixes.Reverse()], [.. lengths.Reverse()]);
            for (int row = 0; row < count; row++)
            {
                var alone = model.Decode(options, [row], [prefixes[row]], [lengths[row]])[0];
                foreach (var other in new[] { together[row], reversed[count - 1 - row] })
                {
                    Assert.HasCount(alone.Length, other);
                    foreach (var (a, b) in alone.Zip(other))
                    {
                        CollectionAssert.AreEqual(a.Tokens.ToArray(), b.Tokens.ToArray());
                        CollectionAssert.AreEqual(a.LogProbabilities.ToArray(), b.LogProbabilities.ToArray());
                        Assert.AreEqual(a.Score, b.Score);
                    }
                }
            }
        }
    }
}
