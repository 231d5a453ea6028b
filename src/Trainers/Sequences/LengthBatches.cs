namespace Extensions.ML.Trainers;

/// <summary>
/// Sequences in batches of about the same length, a batch bounded by its tokens with the padding. Where batches begin is told by the lengths
/// alone, so that every epoch has as many; which sequences of equal lengths meet, and the order of the batches, is drawn anew.
/// </summary>
sealed class LengthBatches
{
    readonly int[] _order; // sorted by length
    readonly int[] _ties; // where sequences of other lengths begin in it, and its end

    readonly Func<int, int> _longest;

    /// <param name="lengths">Of each sequence.</param>
    /// <param name="others">Of what belongs to each sequence: of the same number.</param>
    public LengthBatches(int[] lengths, int[] others)
    {
        _longest = i => Math.Max(lengths[i], others[i]);
        _order = [.. Enumerable.Range(0, lengths.Length).OrderBy(i => lengths[i]).ThenBy(i => others[i])];
        _ties = [.. Enumerable.Range(0, _order.Length + 1).Where(at => at == 0 || at == _order.Length
            || (lengths[_order[at]], others[_order[at]]) != (lengths[_order[at - 1]], others[_order[at - 1]]))];
    }

    public int Count => _order.Length;

    /// <summary>Where the batches lie in the order.</summary>
    /// <param name="tokens">The most tokens in a batch, with the padding; a sequence that is longer is a batch of its own.</param>
    public List<Range> Plan(int tokens)
    {
        var batches = new List<Range>();
        for (int start = 0, at = 0, longest = 0; start < Count; at++)
        {
            if (at < Count)
            {
                longest = Math.Max(longest, _longest(_order[at]));
                if (at == start || (at - start + 1L) * longest <= tokens) continue;
            }
            batches.Add(start..at);
            (start, longest) = (at--, 0);
        }
        return batches;
    }

    /// <summary>The batches of an epoch: the numbers of their sequences.</summary>
    /// <param name="tokens">As for <see cref="Plan"/>.</param>
    /// <param name="seed">Seed of the shuffle; <see langword="null"/> for sequences by their length.</param>
    /// <param name="epoch">The epoch from 0.</param>
    public IEnumerable<int[]> Epoch(int tokens, int? seed, int epoch)
    {
        var batches = Plan(tokens);
        int[] order = _order, sequence = [.. Enumerable.Range(0, batches.Count)];
        if (seed is { } value)
        {
            var random = new SeededRandom(SeededRandom.Hash(value, epoch));
            order = [.. order];
            for (int i = 1; i < _ties.Length; i++) random.Shuffle(order.AsSpan(_ties[i - 1].._ties[i]));
            random.Shuffle(sequence);
        }
        return sequence.Select(batch => order[batches[batch]]);
    }
}
