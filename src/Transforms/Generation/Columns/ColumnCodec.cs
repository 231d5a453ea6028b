using System.Text.Json.Serialization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>How a column of a table becomes slots of the row that a network sees, and slots become the column again.</summary>
/// <param name="Name">Name of the column.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(VectorCodec), "vector")]
[JsonDerivedType(typeof(NumberCodec), "number")]
[JsonDerivedType(typeof(BooleanCodec), "boolean")]
[JsonDerivedType(typeof(CategoryCodec), "category")]
abstract record ColumnCodec(string Name)
{
    /// <summary>Slots of the row that the column takes.</summary>
    [JsonIgnore]
    public abstract int Slots { get; }

    /// <summary>Type of the column that comes out.</summary>
    [JsonIgnore]
    public abstract DataViewType Type { get; }

    /// <summary>Annotations of the column that comes out.</summary>
    [JsonIgnore]
    public virtual DataViewSchema.Annotations? Annotations => null;

    /// <summary>The slots that are not numbers, from the column's first slot on.</summary>
    public virtual IEnumerable<SlotGroup> Groups() => [];

    /// <summary>Name of a slot, for messages.</summary>
    public virtual string Describe(int slot) => $"'{Name}'";

    /// <summary>Whether a column can be read by this.</summary>
    public virtual bool Accepts(DataViewSchema.Column column) => column.Type.Equals(Type);

    /// <summary>Throws where what a file says of the column makes no sense.</summary>
    /// <exception cref="InvalidDataException">It makes none.</exception>
    public virtual void Check()
    {
    }

    /// <summary>For <see cref="Check"/>.</summary>
    private protected void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidDataException($"The model's column '{Name}' has {what}.");
    }

    /// <summary>Reads the column of the current row into its slots. Numbers are not checked.</summary>
    public abstract SlotReader Open(DataViewRow row, DataViewSchema.Column column);

    /// <summary>A getter of the column over decoded slots.</summary>
    /// <param name="slots">The column's slots of the current row. Asked for at every call.</param>
    public abstract Delegate CreateGetter(Func<ReadOnlyMemory<float>> slots);

    /// <summary>The column's values as its slots, in ONNX: what <see cref="Open"/> does.</summary>
    /// <param name="values">[rows, slots]: numbers as they are, Booleans as 0 and 1, categories by their number from 1, 0 for none.</param>
    public virtual OnnxTensor ToSlots(OnnxTensor values) => values;

    /// <summary>Decoded slots as the column's values, in ONNX: what <see cref="CreateGetter"/> does.</summary>
    /// <param name="slots">[rows, slots]</param>
    public virtual OnnxTensor ToValues(OnnxTensor slots) => slots;
}

/// <summary>Fills the slots of a column.</summary>
delegate void SlotReader(Span<float> slots);

/// <summary>A Boolean column: one slot, 0 or 1.</summary>
sealed record BooleanCodec(string Name) : ColumnCodec(Name)
{
    [JsonIgnore]
    public override int Slots => 1;
    [JsonIgnore]
    public override DataViewType Type => BooleanDataViewType.Instance;
    public override IEnumerable<SlotGroup> Groups() => [new(0, 1, SlotKind.Boolean)];

    public override SlotReader Open(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<bool>(column);
        return slots =>
        {
            var value = false;
            getter(ref value);
            slots[0] = value ? 1 : 0;
        };
    }

    public override Delegate CreateGetter(Func<ReadOnlyMemory<float>> slots) =>
        (ValueGetter<bool>)((ref bool value) => value = slots().Span[0] > 0.5f);

    public override OnnxTensor ToValues(OnnxTensor slots) => slots.gt(0.5);
}
