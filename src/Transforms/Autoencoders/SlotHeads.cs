using System.Globalization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>
/// What the slots of a mixed table hold, so that each is judged by a loss of its own: numbers by the component's loss, Boolean slots by the
/// binary cross-entropy, categories by the cross-entropy. Slots are named by their SlotNames annotation, or by their number from 0 where
/// they have no names. What is not named, and not known from annotations, is a number.
/// </summary>
public sealed class SlotHeads
{
    /// <summary>Whether the slots that ML.NET marks as indicators of one category, as <c>OneHotEncoding</c> and <c>MapKeyToVector</c> do,
    /// are taken as that. Default yes.</summary>
    public bool FromAnnotations { get; set; } = true;

    /// <summary>Slots that are 0 or 1.</summary>
    public IReadOnlyList<string> Boolean { get; set; } = [];

    /// <summary>Names that stand before the dot of the indicators of one category: <c>Colour</c> for the slots <c>Colour.red</c> and
    /// <c>Colour.blue</c>.</summary>
    public IReadOnlyList<string> OneHot { get; set; } = [];

    /// <summary>Slots that hold the number of a category, from 1 on, and how many categories there are. Any other value means that the
    /// category is missing. The network sees their indicators.</summary>
    public IReadOnlyDictionary<string, int> Key { get; set; } = new Dictionary<string, int>();

    /// <summary>The groups of a feature column that are not numbers, or null where all are.</summary>
    /// <exception cref="ArgumentException">A name is not one of the column's, or a slot is named twice.</exception>
    internal IReadOnlyList<SlotGroup>? Resolve(DataViewSchema.Column column)
    {
        var size = ((VectorDataViewType)column.Type).Size;
        var names = column.ReadSlotNames() ?? [.. Enumerable.Range(0, size).Select(slot => slot.ToString(CultureInfo.InvariantCulture))];
        var groups = new List<SlotGroup>();
        groups.AddRange(Boolean.Select(name => new SlotGroup(Find(name), 1, SlotKind.Boolean)));
        groups.AddRange(Key.Select(key => new SlotGroup(Find(key.Key), 1, SlotKind.Key, key.Value)));
        groups.AddRange(OneHot.Select(FindRun));
        if (FromAnnotations)
        {
            var named = groups.ToArray();
            groups.AddRange(column.ReadCategoricalSlots().Select(range => new SlotGroup(range.First, range.Last - range.First + 1, SlotKind.OneHot))
                .Where(group => !named.Any(other => other.Start < group.Start + group.Count && group.Start < other.Start + other.Count)));
        }
        return groups.Count > 0 ? [.. new SlotLayout(size, groups).Groups] : null;

        int Find(string name) => Array.IndexOf(names, name) is >= 0 and var slot ? slot : throw Unknown($"'{name}'");

        SlotGroup FindRun(string prefix)
        {
            var first = Array.FindIndex(names, name => name.StartsWith(prefix + ".", StringComparison.Ordinal));
            var last = Array.FindLastIndex(names, name => name.StartsWith(prefix + ".", StringComparison.Ordinal));
            if (first < 0)
                throw Unknown($"whose name begins with '{prefix}.'");
            return new SlotGroup(first, last - first + 1, SlotKind.OneHot);
        }

        ArgumentException Unknown(string what) => new(
            $"Column '{column.Name}' has no slot {what}. Its slots are {string.Join(", ", names.Take(20))}{(names.Length > 20 ? ", ..." : "")}.");
    }
}
