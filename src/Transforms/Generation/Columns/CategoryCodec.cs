using System.Text.Json.Serialization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A column of categories, texts or keys: one key slot that holds the number of the category, from 1.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="IsText">Whether the column is of texts, else of keys.</param>
/// <param name="Names">What the categories are, where it is known: the texts, or the values of the keys.</param>
/// <param name="Count">Number of categories.</param>
/// <param name="HasMissing">Whether one more category stands for keys that are missing.</param>
sealed record CategoryCodec(string Name, bool IsText, KeyNames? Names, int Count, bool HasMissing) : ColumnCodec(Name)
{
    /// <summary>The most categories that a column may have: each is an input of the network.</summary>
    public const int Most = 4096;

    [JsonIgnore]

    public override int Slots => 1;
    [JsonIgnore]
    public override DataViewType Type => IsText ? TextDataViewType.Instance : new KeyDataViewType(typeof(uint), Count);
    public override IEnumerable<SlotGroup> Groups() => [new(0, 1, SlotKind.Key, Count + (HasMissing ? 1 : 0))];

    [JsonIgnore]
    public override DataViewSchema.Annotations? Annotations
    {
        get
        {
            if (IsText || Names == null)
                return null;
            var builder = new DataViewSchema.Annotations.Builder();
            Names.AddTo(builder, AnnotationKinds.KeyValues);
            return builder.ToAnnotations();
        }
    }

    public override void Check()
    {
        Require(Count >= 1 && Count < int.MaxValue, $"{Count} categories");
        Require(Names is null ? !IsText : Names.Values.Length == Count, $"other than {Count} names of categories");
        Require(!IsText || Names!.Values.Distinct().Count() == Count, "a category twice");
        _ = Annotations;
    }

    public override SlotReader Open(DataViewRow row, DataViewSchema.Column column)
    {
        if (IsText)
        {
            var text = row.GetGetter<ReadOnlyMemory<char>>(column);
            var value = ReadOnlyMemory<char>.Empty;
            var numbers = (Names?.Values ?? []).Select((name, i) => (name, i)).ToDictionary(entry => entry.name, entry => entry.i + 1)
                .GetAlternateLookup<ReadOnlySpan<char>>();
            return slots =>
            {
                text(ref value);
                slots[0] = numbers.TryGetValue(value.Span, out var number) ? number : 0; // 0: no such category
            };
        }
        var getter = row.GetGetter<uint>(column);
        var key = 0u;
        return slots =>
        {
            getter(ref key);
            slots[0] = key == 0 && HasMissing ? Count + 1 : key;
        };
    }

    public override Delegate CreateGetter(Func<ReadOnlyMemory<float>> slots)
    {
        if (!IsText)
            return (ValueGetter<uint>)((ref uint value) => value = (uint)slots().Span[0] is var key && key > Count ? 0 : key);
        var texts = Array.ConvertAll(Names?.Values ?? [], text => text.AsMemory());
        return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = texts[(int)slots().Span[0] - 1]);
    }

    public override OnnxTensor ToSlots(OnnxTensor values) => HasMissing ? values.gt(0).where(values, values.Graph.Number(Count + 1)) : values;

    public override OnnxTensor ToValues(OnnxTensor slots) => HasMissing ? slots.gt(Count).where(slots.Graph.Number(0), slots) : slots;

    /// <summary>Sees every category of a column before it is learned from.</summary>
    public sealed class Learner(DataViewSchema.Column column) : IColumnLearner
    {
        readonly Dictionary<string, int> _texts = [];
        bool _missing;

        public Action Open(DataViewRow row)
        {
            var source = row.Schema[column.Index];
            if (column.Type is KeyDataViewType)
            {
                var getter = row.GetGetter<uint>(source);
                var key = 0u;
                return () =>
                {
                    getter(ref key);
                    _missing |= key == 0;
                };
            }
            var text = row.GetGetter<ReadOnlyMemory<char>>(source);
            var value = ReadOnlyMemory<char>.Empty;
            var lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
            return () =>
            {
                text(ref value);
                if (lookup.TryAdd(value.Span, 0) && _texts.Count > Most)
                    throw new InvalidOperationException($"Column '{column.Name}' has more than {Most:N0} different texts, so it is not one of categories. "
                        + "Leave it out of the columns, or group its texts first.");
            };
        }

        public ColumnCodec ToCodec() => column.Type is KeyDataViewType key
            ? new CategoryCodec(column.Name, false, KeyNames.Read(column), (int)key.Count, _missing)
            : new CategoryCodec(column.Name, true, new KeyNames(DataKind.String, [.. _texts.Keys.Order(StringComparer.Ordinal)]), _texts.Count, false);
    }
}
