using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>Texts beside their translations, all of which say something.</summary>
/// <param name="Sources">What is translated.</param>
/// <param name="Targets">The translations.</param>
/// <param name="Made">So many of the last sources were made by a translator, not written by people.</param>
sealed record ParallelTexts(IReadOnlyList<string> Sources, IReadOnlyList<string> Targets, int Made = 0)
{
    public int Count => Sources.Count;

    /// <summary>The same texts for the other direction.</summary>
    public ParallelTexts Reversed => new(Targets, Sources);

    /// <summary>Those of pairs that both say something.</summary>
    public static ParallelTexts Of(IEnumerable<string> sources, IEnumerable<string> targets)
    {
        var pairs = sources.Zip(targets).Where(pair => !string.IsNullOrWhiteSpace(pair.First) && !string.IsNullOrWhiteSpace(pair.Second)).ToArray();
        return new(Array.ConvertAll(pairs, pair => pair.First), Array.ConvertAll(pairs, pair => pair.Second));
    }

    /// <summary>These pairs, and behind them others whose sources were made.</summary>
    public ParallelTexts WithMade(IEnumerable<string> sources, IEnumerable<string> targets)
    {
        var made = Of(sources, targets);
        return new([.. Sources, .. made.Sources], [.. Targets, .. made.Targets], Made + made.Count);
    }

    /// <summary>Keeps a random share of the pairs for validation; none with sources that were made.</summary>
    public (ParallelTexts Training, ParallelTexts Validation) Split(double fraction, int seed)
    {
        var split = new RowSplit(fraction, seed);
        bool IsKept(int row) => row < Count - Made && split.IsValidation(row);
        ParallelTexts Where(Func<int, bool> wanted, int made) => new(
            [.. Sources.Where((_, row) => wanted(row))], [.. Targets.Where((_, row) => wanted(row))], made);
        return (Where(row => !IsKept(row), Made), Where(IsKept, 0));
    }
}
