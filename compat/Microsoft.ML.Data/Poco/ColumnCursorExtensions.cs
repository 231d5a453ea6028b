using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    /// <summary>The values of one column; text also as strings, vectors also as arrays.</summary>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName) => GetColumn<T>(data, data.Schema[columnName]);

    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckNonEmpty(column.Name, nameof(column));
        if (data.Schema[column.Index].Name != column.Name || data.Schema[column.Index].Type != column.Type)
            throw Contracts.ExceptParam(nameof(column), "column with name {0}, type {1}, and index {2} cannot be found in {3}",
                column.Name, column.Type, column.Index, nameof(data));

        if (column.Type.RawType == typeof(T))
            return Values<T, T>(data, column, value => value);
        if (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            return (IEnumerable<T>)Values<ReadOnlyMemory<char>, string>(data, column, text => text.ToString());
        if (typeof(T).IsArray)
        {
            if (column.Type is not VectorDataViewType vector)
                throw Contracts.ExceptParam(nameof(column), "Cannot load vector type, {0}, specified in {1} to the user-defined type, {2}.",
                    column.Type, nameof(column), typeof(T));
            if (typeof(T).GetElementType() == vector.ItemType.RawType)
                return (IEnumerable<T>)Internal.Utilities.Utils.MarshalInvoke(Arrays<int>, vector.ItemType.RawType, data, column);
            if (typeof(T) == typeof(string[]) && vector.ItemType is TextDataViewType)
                return (IEnumerable<T>)Values<VBuffer<ReadOnlyMemory<char>>, string[]>(
                    data, column, texts => texts.DenseValues().Select(text => text.ToString()).ToArray());
        }
        throw Contracts.ExceptParam(nameof(column), "Cannot map column (name: {0}, type: {1}) in {2} to the user-defined type, {3}.",
            column.Name, column.Type, nameof(data), typeof(T));
    }

    static object Arrays<T>(IDataView data, DataViewSchema.Column column)
        => Values<VBuffer<T>, T[]>(data, column, vector => vector.DenseValues().ToArray());

    static IEnumerable<TOut> Values<T, TOut>(IDataView data, DataViewSchema.Column column, Func<T, TOut> convert)
    {
        using var cursor = data.GetRowCursor(column);
        var getter = cursor.GetGetter<T>(column);
        T value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return convert(value);
        }
    }
}
