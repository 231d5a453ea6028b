namespace Extensions.ML.Generators;

/// <summary>
/// The fewest edits that make a sentence its reference, as tercom finds them (Snover et al., 2006, section 3): as long as it pays, the
/// run of words is moved whose move saves most; then words are inserted, deleted and replaced. A search of all moves would take too long,
/// so the limits of tercom and of sacreBLEU are part of what is computed.
/// </summary>
sealed class ShiftedEdits
{
    /// <summary>Words of the longest run that is moved, and how far at most.</summary>
    const int LongestRun = 10, Farthest = 50;

    /// <summary>How far from the diagonal of the two sentences words are compared.</summary>
    const int BeamWidth = 25;

    /// <summary>Moves tried in all.</summary>
    const int MostMoves = 1000;

    /// <summary>More than any number of edits; leaves room for one more.</summary>
    const int Unreached = int.MaxValue / 2;

    readonly int[] _reference;

    // [i][j]: the fewest edits from the first i words to the first j words of the reference, for the sentence and for one that is tried.
    readonly int[][] _edits, _tried;

    ShiftedEdits(int words, int[] reference)
    {
        _reference = reference;
        (_edits, _tried) = (Matrix(), Matrix());
        for (int j = 0; j <= reference.Length; j++) _edits[0][j] = j;

        int[][] Matrix() => [.. Enumerable.Range(0, words + 1).Select(_ => new int[reference.Length + 1])];
    }

    /// <summary>Counts the edits.</summary>
    /// <param name="sentence">Words by number.</param>
    /// <param name="reference">Words by number.</param>
    public static int Count(int[] sentence, int[] reference)
    {
        if (reference.Length == 0) return sentence.Length;
        var edits = new ShiftedEdits(sentence.Length, reference);
        int shifts = 0, moves = 0;
        edits.Fill(sentence, edits._edits, from: 0);
        while (edits.BestShift(sentence, ref moves) is { } shifted && moves < MostMoves)
        {
            sentence = shifted;
            edits.Fill(sentence, edits._edits, from: 0);
            shifts++;
        }
        return shifts + edits._edits[^1][^1];
    }

    /// <summary>Fills the lines behind a given one, which stands in the sentence's own matrix.</summary>
    void Fill(int[] sentence, int[][] edits, int from)
    {
        double slope = sentence.Length == 0 ? 1 : (double)_reference.Length / sentence.Length;
        // Of sentences of very different lengths even neighbouring lines might not overlap.
        int width = BeamWidth < slope / 2 ? (int)Math.Ceiling(slope / 2 + BeamWidth) : BeamWidth;
        int[] above = _edits[from];
        for (int i = from + 1; i <= sentence.Length; i++)
        {
            int[] line = edits[i];
            int diagonal = (int)Math.Floor(i * slope), first = Math.Max(0, diagonal - width);
            int end = i == sentence.Length ? line.Length : Math.Min(line.Length, diagonal + width);
            line.AsSpan().Fill(Unreached);
            for (int j = first; j < end; j++)
            {
                if (j == 0)
                {
                    line[0] = above[0] + 1;
                    continue;
                }
                int replaced = above[j - 1] + (sentence[i - 1] == _reference[j - 1] ? 0 : 1);
                line[j] = Math.Min(Unreached, Math.Min(replaced, 1 + Math.Min(above[j], line[j - 1])));
            }
            above = line;
        }
    }

    /// <summary>Where the words of the reference have their counterparts, and which words are wrong.</summary>
    /// <returns>
    /// For each word of the reference the word of the sentence that it lies at or behind, -1 for none; then which words of the reference, and
    /// of the sentence, are edited.
    /// </returns>
    (int[] Place, bool[] ReferenceWrong, bool[] SentenceWrong) Align(int[] sentence)
    {
        int i = sentence.Length, j = _reference.Length;
        var (place, referenceWrong, sentenceWrong) = (new int[j], new bool[j], new bool[i]);
        while (i > 0 || j > 0)
        {
            // Of several ways that are as short, tercom goes diagonally before it deletes, and deletes before it inserts.
            bool same = i > 0 && j > 0 && sentence[i - 1] == _reference[j - 1];
            if (i > 0 && j > 0 && _edits[i][j] == _edits[i - 1][j - 1] + (same ? 0 : 1))
            {
                place[--j] = --i;
                referenceWrong[j] = sentenceWrong[i] = !same;
            }
            else if (i > 0 && _edits[i][j] == _edits[i - 1][j] + 1)
            {
                sentenceWrong[--i] = true;
            }
            else
            {
                place[--j] = i - 1;
                referenceWrong[j] = true;
            }
        }
        return (place, referenceWrong, sentenceWrong);
    }

    /// <summary>
    /// The best move: the one that saves most; of these the longest run, the one that begins first, and the one that goes to the first
    /// place.
    /// </summary>
    /// <returns>The sentence after it; <see langword="null"/> where no move saves an edit.</returns>
    int[]? BestShift(int[] sentence, ref int moves)
    {
        var (place, referenceWrong, sentenceWrong) = Align(sentence);
        int before = _edits[^1][^1];
        (int Saved, int Length, int Start, int Target) best = (0, 0, 0, 0);
        int[]? shifted = null;
        foreach (var (start, there, length) in EqualRuns(sentence))
        {
            // Only what is wrong moves, and only to where something is wrong, and not into itself.
            if (!sentenceWrong.AsSpan(start, length).Contains(true) || !referenceWrong.AsSpan(there, length).Contains(true)) continue;
            if (place[there] >= start && place[there] < start + length) continue;
            int last = -1;
            for (int offset = -1; offset < length && there + offset < place.Length; offset++)
            {
                int target = there + offset < 0 ? 0 : place[there + offset] + 1;
                if (target == last) continue;
                last = target;
                int[] candidate = Shift(sentence, start, length, target);
                Fill(candidate, _tried, from: Math.Min(start, target));
                var move = (before - _tried[^1][^1], length, -start, -target);
                moves++;
                if (shifted is not null && move.CompareTo(best) <= 0) continue;
                (best, shifted) = (move, candidate);
            }
            if (moves >= MostMoves) break;
        }
        return best.Saved > 0 ? shifted : null;
    }

    /// <summary>Runs of words that the sentence and the reference share, at most so long and so far apart as tercom allows.</summary>
    IEnumerable<(int Start, int There, int Length)> EqualRuns(int[] sentence)
    {
        for (int start = 0; start < sentence.Length; start++)
        {
            int end = Math.Min(_reference.Length, start + Farthest + 1);
            for (int there = Math.Max(0, start - Farthest); there < end; there++)
            {
                int most = Math.Min(LongestRun, Math.Min(sentence.Length - start, _reference.Length - there));
                for (int length = 1; length <= most && sentence[start + length - 1] == _reference[there + length - 1]; length++)
                    yield return (start, there, length);
            }
        }
    }

    /// <summary>Moves a run of words before the word at the target; a target within the run counts from behind the run.</summary>
    static int[] Shift(int[] words, int start, int length, int target)
    {
        var (run, end) = (words[start..(start + length)], start + length);
        if (target < start) return [.. words[..target], .. run, .. words[target..start], .. words[end..]];
        if (target > end) return [.. words[..start], .. words[end..target], .. run, .. words[target..]];
        int within = Math.Min(length + target, words.Length);
        return [.. words[..start], .. words[end..within], .. run, .. words[within..]];
    }
}
