using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Sampling: each of a row's samples goes on with a token of its own draw.</summary>
/// <param name="options">How to draw.</param>
/// <param name="special">The token of the end.</param>
/// <param name="rows">The number of each row.</param>
sealed class SampledChoice(DecodingOptions options, SpecialTokens special, IReadOnlyList<long> rows) : TokenChoice
{
    readonly TokenSampling _sampling = options.Sampling!;
    readonly RowNoise _noise = new(options.Sampling!.Seed, rows);

    public override Tensor Propose(Tensor ruled, IReadOnlyList<Hypothesis> live, int position)
    {
        // A number for each sample of each row, whichever of them are still at work.
        var own = tensor([.. live.Select(h => (long)h.Row.Index)], dtype: ScalarType.Int64);
        var uniform = _noise.Uniform(options.Results, NoiseUse.Steps, position).index_select(0, own);
        return Draw(ruled, uniform.to(ScalarType.Float64).to(ruled.device));
    }

    /// <summary>Draws tokens by the inverse of their cumulative distribution.</summary>
    /// <param name="ruled">[sequences, vocabulary]: log-probabilities.</param>
    /// <param name="uniform">[sequences, draws] float64, between 0 and 1.</param>
    /// <returns>[sequences, draws] Int64.</returns>
    internal Tensor Draw(Tensor ruled, Tensor uniform)
    {
        var probabilities = (ruled / _sampling.Temperature).softmax(1);
        if (_sampling.TopK < ruled.shape[1])
        {
            probabilities = Cut(probabilities, probabilities.topk(_sampling.TopK.Value, 1).values.amin(1));
            probabilities /= probabilities.sum(1, keepdim: true);
        }
        if (_sampling.TopP < 1) probabilities = Cut(probabilities, LeastOfNucleus(probabilities));
        // In the order of the vocabulary, so that no draw depends on how equal probabilities are sorted.
        var cumulative = probabilities.cumsum(1, ScalarType.Float64);
        long last = cumulative.shape[1] - 1;
        return searchsorted(cumulative, uniform * cumulative.narrow(1, last, 1), right: true).clamp_max(last);
    }

    static Tensor Cut(Tensor probabilities, Tensor least) => probabilities.masked_fill(probabilities.lt(least.unsqueeze(1)), 0);

    /// <returns>[sequences]: the smallest probability in the smallest set that holds <see cref="TokenSampling.TopP"/>.</returns>
    Tensor LeastOfNucleus(Tensor probabilities)
    {
        var largest = Largest(probabilities);
        // A token is one of the set if those before it do not reach the bound.
        var before = largest.cumsum(1, ScalarType.Float64) - largest;
        return largest.masked_fill(before.ge(_sampling.TopP), double.PositiveInfinity).amin(1);
    }

    /// <summary>As many of the largest probabilities as hold the bound in every row, in descending order: few, as a rule, and a whole
    /// vocabulary is slow to sort.</summary>
    Tensor Largest(Tensor probabilities)
    {
        const int fewest = 128, growth = 4;
        for (int count = fewest; count < probabilities.shape[1]; count *= growth)
        {
            var largest = probabilities.topk(count, 1).values;
            if (largest.sum(1, type: ScalarType.Float64).ge(_sampling.TopP).all().item<bool>()) return largest;
        }
        return probabilities.sort(1, descending: true).Values;
    }

    public override IEnumerable<Hypothesis> Continue(IReadOnlyList<Hypothesis> own, Candidates candidates, Func<Hypothesis, float[]?> attention)
    {
        var next = new List<Hypothesis>();
        foreach (var parent in own)
        {
            // Up to the first token that is drawn, one hypothesis stands for all samples.
            int first = parent.Generated == 0 ? 0 : parent.Sample, count = parent.Generated == 0 ? options.Results : 1;
            for (int sample = first; sample < first + count; sample++)
            {
                if (candidates.Extend(parent, sample, special.End, sample, attention(parent)) is { } child) next.Add(child);
                else parent.Row.Finished.Add(parent);
            }
        }
        return next;
    }

    public override bool IsSettled(SearchRow row, IEnumerable<Hypothesis> live) => false;

    public override IEnumerable<Hypothesis> Rank(IEnumerable<Hypothesis> finished) => finished.OrderBy(h => h.Sample);
}
