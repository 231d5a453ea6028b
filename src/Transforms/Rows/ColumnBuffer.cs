using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Holds the values of one passed-through column for the rows of a block, so that a cursor can read ahead.</summary>
abstract class ColumnBuffer
{
    /// <summary>Reads the value of the row that the source stands on into place <paramref name="row"/>.</summary>
    public abstract void Fetch(int row);

    public abstract Delegate CreateGetter(Func<int> row);

    public static ColumnBuffer Create(DataViewRow source, DataViewSchema.Column column, int rows)
    {
        var raw = column.Type.RawType;
        var type = column.Type is VectorDataViewType
            ? typeof(VectorBuffer<>).MakeGenericType(raw.GetGenericArguments())
            : typeof(ScalarBuffer<>).MakeGenericType(raw);
        return (ColumnBuffer)Activator.CreateInstance(type, source, column, rows)!;
    }

    sealed class ScalarBuffer<T>(DataViewRow source, DataViewSchema.Column column, int rows) : ColumnBuffer
    {
        readonly ValueGetter<T> _getter = source.GetGetter<T>(column);
        readonly T[] _values = new T[rows];

        public override void Fetch(int row) => _getter(ref _values[row]);

        public override Delegate CreateGetter(Func<int> row) =>
            (ValueGetter<T>)((ref T value) => value = _values[row()]);
    }

    // A consumer owns the vector that it gets and may change it, so vectors are copied out.
    sealed class VectorBuffer<T>(DataViewRow source, DataViewSchema.Column column, int rows) : ColumnBuffer
    {
        readonly ValueGetter<VBuffer<T>> _getter = source.GetGetter<VBuffer<T>>(column);
        readonly VBuffer<T>[] _values = new VBuffer<T>[rows];

        public override void Fetch(int row) => _getter(ref _values[row]);

        public override Delegate CreateGetter(Func<int> row) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[row()].CopyTo(ref value));
    }
}
