using System.Runtime.InteropServices;

namespace Extensions.ML.Generators;

/// <summary>
/// Learns the merges of a byte-pair encoding (Sennrich, Haddow and Birch, 2016, algorithm 1): the most frequent pair of neighbours
/// becomes a token,
/// again and again. Counts are kept up to date in the words that a merge changes, and a queue gives the most frequent pair.
/// </summary>
sealed class PairLearner
{
    /// <summary>How often a pair occurs, and the words where it does or once did.</summary>
    sealed class Pair
    {
        public long Count;
        public readonly List<int> Words = [];
    }

    readonly List<(int[] Tokens, long Count)> _words;
    readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    readonly HashSet<(int Left, int Right)> _grown = [];
    readonly List<string> _pieces;
    readonly List<(int Left, int Right, int Merged)> _merges = [];

    /// <param name="words">Each word in its smallest tokens, and how often it occurs.</param>
    /// <param name="pieces">What the smallest tokens are called, by number; all names are different.</param>
    public PairLearner(IEnumerable<(int[] Tokens, long Count)> words, IEnumerable<string> pieces)
    {
        (_words, _pieces) = ([.. words], [.. pieces]);
        for (int word = 0; word < _words.Count; word++) Count(word, sign: 1);
    }

    /// <summary>
    /// The names of all tokens by number, those that were made behind those that were given: each the names of its parts.
    /// </summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>What was learned, in this order. Two merges may make the same token.</summary>
    public IReadOnlyList<(int Left, int Right, int Merged)> Merges => _merges;

    /// <summary>
    /// Learns merges. Of pairs that are as frequent, the one with the smaller left token goes first, then that with the smaller right one.
    /// </summary>
    /// <param name="size">How many tokens there are in the end at most.</param>
    /// <param name="minimum">How often a pair must occur.</param>
    public void Learn(int size, long minimum)
    {
        var numbers = new Dictionary<string, int>(size);
        for (int i = 0; i < _pieces.Count; i++) numbers.Add(_pieces[i], i);
        var known = new HashSet<(int, int)>();
        var queue = new PriorityQueue<(int Left, int Right), (long, int, int)>(_pairs.Count);
        foreach (var (pair, state) in _pairs) Offer(pair, state.Count);
        while (_pieces.Count < size && queue.TryDequeue(out var pair, out var priority))
        {
            // Counts that fell are put right here, once their old place is at the front; those that grew are queued anew when they do.
            var state = _pairs[pair];
            if (state.Count != -priority.Item1)
            {
                Offer(pair, state.Count);
                continue;
            }
            // "a bc" and "ab c" are one token, and the parts of a pair may come to stand side by side once more.
            string piece = _pieces[pair.Left] + _pieces[pair.Right];
            if (!numbers.TryGetValue(piece, out int merged))
            {
                numbers.Add(piece, merged = _pieces.Count);
                _pieces.Add(piece);
            }
            if (known.Add(pair)) _merges.Add((pair.Left, pair.Right, merged));
            _grown.Clear();
            foreach (int word in state.Words.ToArray()) Merge(word, pair, merged);
            foreach (var grown in _grown) Offer(grown, _pairs[grown].Count);
        }

        void Offer((int Left, int Right) pair, long count)
        {
            if (count >= minimum) queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        }
    }

    void Merge(int word, (int Left, int Right) pair, int merged)
    {
        var (tokens, count) = _words[word];
        int kept = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] != pair.Left || i + 1 == tokens.Length || tokens[i + 1] != pair.Right) continue;
            kept++;
            i++;
        }
        if (kept == 0) return; // merged with others since

        Count(word, sign: -1);
        var shorter = new int[tokens.Length - kept];
        kept = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            bool both = tokens[i] == pair.Left && i + 1 < tokens.Length && tokens[i + 1] == pair.Right;
            shorter[kept++] = both ? merged : tokens[i];
            if (both) i++;
        }
        _words[word] = (shorter, count);
        Count(word, sign: 1, merged);
    }

    /// <summary>Adds the pairs of a word to the counts, or takes them off.</summary>
    /// <param name="word">Its index.</param>
    /// <param name="sign">1 or -1.</param>
    /// <param name="made">The token that was just made: only its pairs can be new to the word, or more frequent than before.</param>
    void Count(int word, int sign, int? made = null)
    {
        var (tokens, count) = _words[word];
        for (int i = 1; i < tokens.Length; i++)
        {
            var pair = (tokens[i - 1], tokens[i]);
            ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
            state ??= new();
            state.Count += sign * count;
            if (sign < 0 || (made is { } token && tokens[i - 1] != token && tokens[i] != token)) continue;
            if (state.Words.Count == 0 || state.Words[^1] != word) state.Words.Add(word);
            if (made is not null) _grown.Add(pair);
        }
    }
}
