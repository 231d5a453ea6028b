using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Beam search: of all continuations of a row's hypotheses, the most probable ones fill the places of its beam.</summary>
sealed class BeamChoice(DecodingOptions options, SpecialTokens special) : TokenChoice
{
    // The best of a row are among the best of its hypotheses, so that rows may hold different numbers of them.
    public override Tensor Propose(Tensor ruled, IReadOnlyList<Hypothesis> live, int position) =>
        ruled.topk((int)Math.Min(options.Beams, ruled.shape[1]), 1).indexes;

    public override IEnumerable<Hypothesis> Continue(IReadOnlyList<Hypothesis> own, Candidates candidates, Func<Hypothesis, float[]?> attention)
    {
        var row = own[0].Row;
        var best = own
            .SelectMany(h => Enumerable.Range(0, candidates.PerHypothesis), (h, candidate) => (Parent: h, Candidate: candidate))
            .Where(c => candidates.IsAllowed(c.Parent.Place, c.Candidate))
            .OrderByDescending(c => c.Parent.Sum + candidates.Score(c.Parent.Place, c.Candidate))
            .Take(options.Beams - row.Finished.Count)
            .Select(c => candidates.Extend(c.Parent, c.Candidate, special.End, 0, attention(c.Parent))!)
            .ToList();
        if (best.Count == 0) row.Finished.AddRange(own);
        return best;
    }

    /// <summary>A hypothesis only loses probability as it goes on, so its best end is the next one at the greatest divisor.</summary>
    public override bool IsSettled(SearchRow row, IEnumerable<Hypothesis> live)
    {
        if (row.Finished.Count < options.Results) return false;
        double toBeat = row.Finished.Select(h => h.Score(options)).OrderDescending().ElementAt(options.Results - 1);
        return live.All(h => h.Sum / Math.Max(options.Normalizer(h.Generated + 1), options.Normalizer(row.Maximum)) <= toBeat);
    }

    public override IEnumerable<Hypothesis> Rank(IEnumerable<Hypothesis> finished) =>
        finished.OrderByDescending(h => h.Ended).ThenByDescending(h => h.Score(options)).Take(options.Results);
}
