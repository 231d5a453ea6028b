using System;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.Conversion;

/// <summary>Getters of columns as another type.</summary>
static class RowGetters
{
    /// <summary>A getter of a scalar column as the given item type.</summary>
    public static Delegate GetGetterAs(PrimitiveDataViewType to, DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not PrimitiveDataViewType from)
            throw Contracts.ExceptParam(nameof(column), "Column is not a scalar");
        return Utils.MarshalInvoke(Scalar<int, int>, from.RawType, to.RawType, (row, column), to);
    }

    /// <summary>A getter of a vector column with items of the given type.</summary>
    public static Delegate GetVectorGetterAs(PrimitiveDataViewType to, DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType from)
            throw Contracts.ExceptParam(nameof(column), "Column is not a vector");
        return Utils.MarshalInvoke(Vector<int, int>, from.ItemType.RawType, to.RawType, (row, column), to);
    }

    static Delegate Scalar<TSrc, TDst>((DataViewRow Row, DataViewSchema.Column Column) source, PrimitiveDataViewType to)
    {
        var getter = source.Row.GetGetter<TSrc>(source.Column);
        if (typeof(TSrc) == typeof(TDst))
            return getter;
        var convert = Conversions.Get<TSrc, TDst>(source.Column.Type, to);
        TSrc item = default;
        return (ValueGetter<TDst>)((ref TDst value) =>
        {
            getter(ref item);
            convert(in item, ref value);
        });
    }

    static Delegate Vector<TSrc, TDst>((DataViewRow Row, DataViewSchema.Column Column) source, PrimitiveDataViewType to)
    {
        var getter = source.Row.GetGetter<VBuffer<TSrc>>(source.Column);
        if (typeof(TSrc) == typeof(TDst))
            return getter;
        // Slots that are not stored stay so, even where 0 converts to something else, such as text.
        var size = source.Column.Type.GetVectorSize();
        var convert = Conversions.Get<TSrc, TDst>(source.Column.Type.GetItemType(), to);
        VBuffer<TSrc> items = default;
        return (ValueGetter<VBuffer<TDst>>)((ref VBuffer<TDst> value) =>
        {
            getter(ref items);
            Contracts.Check(size == 0 || items.Length == size);
            var values = items.GetValues();
            var editor = VBufferEditor.Create(ref value, items.Length, values.Length);
            for (var i = 0; i < values.Length; i++)
                convert(in values[i], ref editor.Values[i]);
            items.GetIndices().CopyTo(editor.Indices);
            value = editor.Commit();
        });
    }
}
