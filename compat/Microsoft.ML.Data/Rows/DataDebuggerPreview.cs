using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The first rows of a view, read into memory.</summary>
public sealed class DataDebuggerPreview
{
    internal DataDebuggerPreview(IDataView data, int maxRows)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckParam(maxRows >= 0, nameof(maxRows));
        Schema = data.Schema;
        var rows = new List<RowInfo>();
        using (var cursor = data.GetRowCursorForAllColumns())
        {
            var readers = Schema.Select(column => Utils.MarshalInvoke(Reader<int>, column.Type.RawType, (DataViewRow)cursor, column)).ToArray();
            while (rows.Count < maxRows && cursor.MoveNext())
                rows.Add(new(Schema.Select(column => new KeyValuePair<string, object>(column.Name, readers[column.Index]())).ToArray()));
        }
        RowView = [.. rows];
        ColumnView = [.. Schema.Select(column => new ColumnInfo(column, rows.Select(row => row.Values[column.Index].Value).ToArray()))];
    }

    static System.Func<object> Reader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default; // a new one each time, so that no two rows share a buffer
            getter(ref value);
            return value;
        };
    }

    public DataViewSchema Schema { get; }
    public ImmutableArray<ColumnInfo> ColumnView { get; }
    public ImmutableArray<RowInfo> RowView { get; }

    public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

    public sealed class RowInfo
    {
        internal RowInfo(KeyValuePair<string, object>[] values) => Values = values;

        public KeyValuePair<string, object>[] Values { get; }

        public override string ToString() => $"{Values.Length} columns";
    }

    public sealed class ColumnInfo
    {
        internal ColumnInfo(DataViewSchema.Column column, object[] values) => (Column, Values) = (column, values);

        public DataViewSchema.Column Column { get; }
        public object[] Values { get; }

        public override string ToString() => $"{Column.Name}: {Column.Type}";
    }
}
