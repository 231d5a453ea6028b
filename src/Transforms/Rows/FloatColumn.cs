using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A column that a network writes: for each row <see cref="Size"/> floats, seen as a vector, a number, a Boolean or a key.</summary>
sealed class FloatColumn : OutputColumn
{
    FloatColumn(string name, DataViewType type, int size, DataViewSchema.Annotations? annotations) : base(name, type, annotations) => Size = size;

    /// <summary>Floats of a row.</summary>
    public int Size { get; }

    public static FloatColumn Vector(string name, int size, IReadOnlyList<string>? slotNames) =>
        new(name, new VectorDataViewType(NumberDataViewType.Single, size), size, AnnotationKinds.WithSlotNames(slotNames));

    public static FloatColumn Vector(string name, int size, DataViewSchema.Annotations annotations) =>
        new(name, new VectorDataViewType(NumberDataViewType.Single, size), size, annotations);

    public static FloatColumn Single(string name, DataViewSchema.Annotations? annotations = null) =>
        new(name, NumberDataViewType.Single, 1, annotations);

    /// <summary>True where the float is greater than 0.</summary>
    public static FloatColumn Boolean(string name, DataViewSchema.Annotations? annotations = null) =>
        new(name, BooleanDataViewType.Instance, 1, annotations);

    /// <summary>A key of UInt32: the float is its number, from 1.</summary>
    /// <param name="name">Name of the column.</param>
    /// <param name="count">Keys that there are; a float tells them apart up to 2^24.</param>
    /// <param name="annotations">Annotations of the column.</param>
    public static FloatColumn Key(string name, int count, DataViewSchema.Annotations? annotations = null) =>
        new(name, new KeyDataViewType(typeof(uint), count), 1, annotations);

    /// <summary>A getter over the rows of a block.</summary>
    /// <param name="values">The block: <see cref="Size"/> floats a row.</param>
    /// <param name="row">The current row of the block; asked for at every call, before the values are looked at.</param>
    public Delegate CreateGetter(float[] values, Func<int> row)
    {
        if (Type is BooleanDataViewType)
            return (ValueGetter<bool>)((ref bool value) => value = values[row()] > 0);
        if (Type is KeyDataViewType)
            return (ValueGetter<uint>)((ref uint value) => value = (uint)values[row()]);
        if (Type is not VectorDataViewType)
            return (ValueGetter<float>)((ref float value) => value = values[row()]);
        return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            var start = row() * Size;
            var editor = VBufferEditor.Create(ref value, Size);
            values.AsSpan(start, Size).CopyTo(editor.Values);
            value = editor.Commit();
        });
    }
}
