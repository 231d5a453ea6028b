using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

/// <summary>What is drawn follows the distribution that is asked for.</summary>
[TestClass]
public class TokenSamplingTests
{
    const int Draws = 20_000;

    // χ² with k degrees of freedom has mean k and variance 2k; five standard deviations are passed about once in a million times.
    static void AssertFollows(double[] expected, int[] counts)
    {
        int total = counts.Sum(), kinds = 0;
        double chi = 0;
        for (int token = 0; token < expected.Length; token++)
        {
            if (expected[token] == 0)
            {
                Assert.AreEqual(0, counts[token], $"token {token}");
                continue;
            }
            double wanted = total * expected[token];
            chi += (counts[token] - wanted) * (counts[token] - wanted) / wanted;
            kinds++;
        }
        Assert.IsLessThan(kinds - 1 + 5 * Math.Sqrt(2 * (kinds - 1)) + 1e-9, chi);
    }

    /// <summary>The distribution as the options define it, on the host.</summary>
    static double[] Shape(double[] logProbabilities, TokenSampling sampling)
    {
        double[] p = [.. logProbabilities.Select((l, token) => token < 2 ? 0 : Math.Exp(l / sampling.Temperature))];
        int[] order = [.. Enumerable.Range(0, p.Length).OrderByDescending(token => p[token])];
        foreach (int token in order.Skip(sampling.TopK ?? p.Length)) p[token] = 0;
        double total = p.Sum(), before = 0;
        foreach (int token in order)
        {
            double own = p[token];
            if (before >= sampling.TopP * total) p[token] = 0;
            before += own;
        }
        total = p.Sum();
        return [.. p.Select(x => x / total)];
    }

    public static IEnumerable<object?[]> Ways =>
    [
        [1.0, null, 1.0],
        [0.6, null, 1.0],
        [1.0, 4, 1.0],
        [1.0, null, 0.7],
        [1.4, 6, 0.8],
        [1.0, 1, 1.0],
        [1.0, null, 0.01],
    ];

    [TestMethod]
    [DynamicData(nameof(Ways))]
    public void FrequenciesFollowTheDistribution(double temperature, int? topK, double topP)
    {
        var model = new TableModel(1, vocabulary: 12, seed: 11);
        var sampling = new TokenSampling { Temperature = temperature, TopK = topK, TopP = topP, Seed = 3 };
        var options = new DecodingOptions { Sampling = sampling, Results = 4, MaximumLength = 2 };
        long[] numbers = [.. Enumerable.Range(0, Draws / 4).Select(n => (long)n)];
        var found = model.Decode(options, new int[numbers.Length], numbers: numbers);
        var samples = found.SelectMany(row => row).ToList();
        Assert.HasCount(Draws, samples);

        int First(DecodedSequence s) => s.Tokens.Count == 0 ? 2 : s.Tokens[0];
        AssertFollows(Shape(model.Next(0, []), sampling), Counts(samples.Select(First)));
        // The second token given the most frequent first one that is not the end.
        int first = samples.Select(First).Where(t => t > 2).GroupBy(t => t).MaxBy(g => g.Count())?.Key ?? -1;
        if (first > 0)
        {
            AssertFollows(Shape(model.Next(0, [first]), sampling),
                Counts(samples.Where(s => First(s) == first).Select(s => s.Tokens.Count == 1 ? 2 : s.Tokens[1])));
        }
        // Samples of a row are as independent as those of different rows: the first two agree as often as chance has it.
        double[] p = Shape(model.Next(0, []), sampling);
        double agree = p.Sum(x => x * x), share = found.Average(row => First(row[0]) == First(row[1]) ? 1.0 : 0);
        Assert.AreEqual(agree, share, 4 * Math.Sqrt(agree * (1 - agree) / found.Length) + 1e-9);

        int[] Counts(IEnumerable<int> tokens)
        {
            var counts = new int[12];
            foreach (int token in tokens) counts[token]++;
            return counts;
        }
    }

    [TestMethod]
    public void SeedsAndRowsDrawTheirOwn()
    {
        var model = new TableModel(1, vocabulary: 12, seed: 12);
        int[][] Draw(int seed, params long[] numbers) => [.. model.Decode(
            new DecodingOptions { Sampling = new() { Seed = seed }, MinimumLength = 10, MaximumLength = 10 }, new int[numbers.Length], numbers: numbers)
            .Select(row => row[0].Tokens.ToArray())];
        var first = Draw(1, 0, 1, 2);
        Assert.AreEqual(3, first.Select(t => string.Join(' ', t)).Distinct().Count());
        CollectionAssert.AreEqual(first[1], Draw(1, 1)[0]);
        CollectionAssert.AreNotEqual(first[1], Draw(2, 1)[0]);
    }

    [TestMethod]
    public async Task TokensComeAsTheyAreDrawn()
    {
        var model = new TableModel(1, vocabulary: 12, seed: 13);
        foreach (var options in new DecodingOptions[]
        {
            new() { Beams = 1, MaximumLength = 30 },
            new() { Sampling = new() { TopP = 0.95 }, MaximumLength = 30, NoRepeatNgramSize = 3 },
            new() { Sampling = new() { Seed = 5 }, MinimumLength = 5, MaximumLength = 5 },
        })
        {
            int[] prefix = [4, 5];
            var batch = new DecodingBatch { Rows = [0], Prefixes = [prefix] };
            using var state = model.Start(0);
            var streamed = new List<int>();
            await foreach (int token in SequenceSearch.Stream(state, CPU, TableModel.Special, options, batch))
            {
                streamed.Add(token);
                Assert.AreEqual(prefix.Length + streamed.Count, state.Length);
            }
            CollectionAssert.AreEqual(model.Decode(options, [0], [prefix])[0][0].Tokens.Skip(2).ToArray(), streamed);
        }
        Assert.ThrowsExactly<ArgumentException>(() => SequenceSearch.Stream(model.Start(0), CPU, TableModel.Special, new DecodingOptions(),
            new DecodingBatch { Rows = [0] }));
    }

    [TestMethod]
    public async Task StreamsCanBeCancelled()
    {
        var model = new TableModel(1, vocabulary: 12, seed: 13);
        using var cancellation = new CancellationTokenSource();
        using var state = model.Start(0);
        var options = new DecodingOptions { Sampling = new(), MinimumLength = 1000, MaximumLength = 1000 };
        int count = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            var tokens = SequenceSearch.Stream(state, CPU, TableModel.Special, options, new DecodingBatch { Rows = [0] });
            await foreach (int token in tokens.WithCancellation(cancellation.Token))
            {
                if (++count == 7) cancellation.Cancel();
            }
        });
        Assert.AreEqual(7, count);
    }
}
