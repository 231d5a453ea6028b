namespace Extensions.ML.Generators;

/// <summary>
/// The pairs of tokens that become one, the first learned first: what a byte-pair encoding knows (Sennrich, Haddow and Birch, "Neural
/// Machine Translation of Rare Words with Subword Units", ACL 2016). Immutable.
/// </summary>
sealed class PairMerges
{
    const int Gone = -1;

    readonly (int Left, int Right, int Merged)[] _merges;
    readonly Dictionary<(int, int), int> _ranks;

    /// <param name="merges">In the order of learning; of a pair that stands there twice the later one counts, as in Hugging Face's
    /// library.</param>
    public PairMerges((int Left, int Right, int Merged)[] merges)
    {
        _merges = merges;
        _ranks = new(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++) _ranks[(merges[rank].Left, merges[rank].Right)] = rank;
    }

    public IReadOnlyList<(int Left, int Right, int Merged)> InOrder => _merges;

    /// <summary>
    /// Merges the tokens of a word until no pair is left that can be: always the pair that was learned first, the leftmost of these. The
    /// time grows
    /// with n log n of the word's length.
    /// </summary>
    /// <param name="tokens">The word in the smallest tokens.</param>
    /// <returns>How many of <paramref name="tokens"/> hold the result; the rest means nothing.</returns>
    public int Apply(Span<int> tokens)
    {
        int count = tokens.Length;
        if (count < 2) return count;
        // A chain of the tokens that are left; one that was merged into its left neighbour has the length 0.
        var next = new int[count];
        var previous = new int[count];
        var open = new PriorityQueue<(int Left, int LeftToken, int RightToken), long>(count);
        for (int i = 0; i < count; i++) (next[i], previous[i]) = (i + 1, i - 1);
        for (int i = 0; i + 1 < count; i++) Offer(tokens, i);

        while (open.TryDequeue(out var pair, out long priority))
        {
            int left = pair.Left, right = next[left];
            // Either token may have been merged with another since the pair was offered.
            if (right == count || tokens[left] != pair.LeftToken || tokens[right] != pair.RightToken) continue;
            tokens[left] = _merges[(int)(priority >> 32)].Merged;
            tokens[right] = Gone;
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
                Offer(tokens, left);
            }
            if (previous[left] >= 0) Offer(tokens, previous[left]);
        }

        int kept = 0;
        for (int i = 0; i < count; i = next[i]) tokens[kept++] = tokens[i];
        return kept;

        void Offer(Span<int> tokens, int left)
        {
            int right = next[left];
            if (_ranks.TryGetValue((tokens[left], tokens[right]), out int rank))
                open.Enqueue((left, tokens[left], tokens[right]), (long)rank << 32 | (uint)left);
        }
    }
}
