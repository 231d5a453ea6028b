using System.Text.Json.Serialization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A vector of Single: its slots as they are.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Size">Slots of the vector.</param>
/// <param name="SlotNames">Their names, where they have some.</param>
/// <param name="SlotGroups">Those that are not numbers.</param>
sealed record VectorCodec(string Name, int Size, string[]? SlotNames, IReadOnlyList<SlotGroup>? SlotGroups) : ColumnCodec(Name)
{
    [JsonIgnore]
    public override int Slots => Size;
    [JsonIgnore]
    public override DataViewType Type => new VectorDataViewType(NumberDataViewType.Single, Size);
    [JsonIgnore]
    public override DataViewSchema.Annotations? Annotations => AnnotationKinds.WithSlotNames(SlotNames);
    public override IEnumerable<SlotGroup> Groups() => SlotGroups?.Where(group => group.Kind != SlotKind.Numeric) ?? [];
    public override string Describe(int slot) => $"'{Name}', slot {slot}{(SlotNames is { } names && names[slot].Length > 0 ? $" ('{names[slot]}')" : "")}";

    public override void Check()
    {
        Require(Size >= 1, $"{Size} slots");
        Require(SlotNames is null || SlotNames.Length == Size, $"other than {Size} names of slots");
        if (SlotGroups is not null) _ = new SlotLayout(Size, SlotGroups);
    }

    public override SlotReader Open(DataViewRow row, DataViewSchema.Column column)
    {
        var reader = new FeatureReader(row, column, Size);
        return reader.Read;
    }

    public override Delegate CreateGetter(Func<ReadOnlyMemory<float>> slots) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
    {
        var editor = VBufferEditor.Create(ref value, Size);
        slots().Span.CopyTo(editor.Values);
        value = editor.Commit();
    });

    public static VectorCodec Of(DataViewSchema.Column column, SlotHeads heads) =>
        new(column.Name, ((VectorDataViewType)column.Type).Size, column.ReadSlotNames(), heads.Resolve(column));
}
