using System.Runtime.InteropServices;

namespace Extensions.ML.Generators;

/// <summary>
/// How many runs of n words or characters a sentence has, its reference has, and both have, each as often as it stands in the one where
/// it is rarer.
/// </summary>
readonly record struct NgramMatch(long Translation, long Reference, long Both)
{
    /// <summary>Bits of an item: those of a Unicode code point, and enough to number the words of a sentence.</summary>
    const int ItemBits = 21;


    public static NgramMatch operator +(NgramMatch a, NgramMatch b) =>
        new(a.Translation + b.Translation, a.Reference + b.Reference, a.Both + b.Both);

    /// <summary>Counts the runs of one length.</summary>
    /// <param name="translation">Words or characters by number, below 2²¹.</param>
    /// <param name="reference">Those of the reference.</param>
    /// <param name="order">Their number in a run, 1 to 6.</param>
    /// <param name="counts">Is cleared and used.</param>
    public static NgramMatch Of(ReadOnlySpan<int> translation, ReadOnlySpan<int> reference, int order, Dictionary<UInt128, int> counts)
    {
        counts.Clear();
        foreach (var run in Runs(reference, order)) CollectionsMarshal.GetValueRefOrAddDefault(counts, run, out _)++;
        long both = 0;
        foreach (var run in Runs(translation, order))
        {
            ref int left = ref CollectionsMarshal.GetValueRefOrNullRef(counts, run);
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref left) || left == 0) continue;
            left--;
            both++;
        }
        return new(Math.Max(0, translation.Length - order + 1), Math.Max(0, reference.Length - order + 1), both);
    }

    static RunEnumerator Runs(ReadOnlySpan<int> items, int order) => new(items, order);

    /// <summary>The runs of a sequence, each packed into one number.</summary>
    ref struct RunEnumerator(ReadOnlySpan<int> items, int order)
    {
        readonly ReadOnlySpan<int> _items = items;
        readonly UInt128 _mask = (UInt128.One << (ItemBits * order)) - 1;
        int _next;

        public UInt128 Current { get; private set; }

        public readonly RunEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_next < _items.Length)
            {
                Current = (Current << ItemBits | (uint)_items[_next]) & _mask;
                if (++_next >= order) return true;
            }
            return false;
        }
    }
}
