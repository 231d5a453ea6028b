using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A schema without rows.</summary>
sealed class EmptyDataView : IDataView
{
    readonly IHost _host;

    public EmptyDataView(IHostEnvironment env, DataViewSchema schema)
    {
        _host = env.Register(nameof(EmptyDataView));
        _host.CheckValue(schema, nameof(schema));
        Schema = schema;
    }

    public bool CanShuffle => true;
    public DataViewSchema Schema { get; }
    public long? GetRowCount() => 0;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(_host, Schema, RowCursors.ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    sealed class Cursor(IChannelProvider provider, DataViewSchema schema, bool[] active) : RootCursorBase(provider)
    {
        public override DataViewSchema Schema => schema;
        public override long Batch => 0;
        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < active.Length && active[column.Index];
        protected override bool MoveNextCore() => false;

        public override ValueGetter<DataViewRowId> GetIdGetter()
            => (ref DataViewRowId _) => throw Ch.Except(RowCursors.FetchValueStateError);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
            return (ref TValue _) => throw Ch.Except(RowCursors.FetchValueStateError);
        }
    }
}
