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
        return Draw(ruled, _noise.Uniform(options.Results, NoiseUse.Steps, position).index_select(0, own).to(ScalarType.Float64).to(ruled.device));
    }

    /// <summary>Draws tokens by the inverse of their cumulative distribution.</summary>
    /// <param name="ruled">[sequences, vocabulary]: log-probabilities.</param>
    /// <param name="uniform">[sequences, draws] float64, between 0 and 1.</param>
    /// <returns>[sequences, draws] Int64.</returns>
    internal Tensor Draw(Tensor ruled, Tensor uniform)
    {
        var logits = ruled;
        Tensor? tokens = null;
        if (_sampling.TopK < ruled.shape[1]) (logits, tokens) = ruled.topk(_sampling.TopK.Value, 1);
        else if (_sampling.TopP < 1) (logits, tokens) = ruled.sort(1, descending: true);

        var probabilities = (logits / _sampling.Temperature).softmax(1, ScalarType.Float64);
        var cumulative = probabilities.cumsum(1);
        if (_sampling.TopP < 1)
        {
            // A token is one of the smallest set if those before it do not reach the bound.
            probabilities.masked_fill_((cumulative - probabilities).ge(_sampling.TopP), 0);
            cumulative = probabilities.cumsum(1);
        }
        long last = cumulative.shape[1] - 1;
        var places = searchsorted(cumulative, uniform * cumulative.narrow(1, last, 1), right: true).clamp_max(last);
        return tokens is null ? places : tokens.gather(1, places);
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
