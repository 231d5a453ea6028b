using System;
using System.Collections.Generic;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>A lazy table: a schema, and cursors that compute the wanted columns row by row.</summary>
public interface IDataView
{
    bool CanShuffle { get; }
    DataViewSchema Schema { get; }
    long? GetRowCount();
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null);

    /// <summary>Between 1 and <paramref name="n"/> cursors that share the rows; Batch tells how to bring them into order again.</summary>
    DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null);
}

public delegate void ValueGetter<TValue>(ref TValue value);

/// <summary>A row; its getters read the current values of active columns.</summary>
public abstract class DataViewRow : IDisposable
{
    public abstract long Position { get; }
    public abstract long Batch { get; }
    public abstract DataViewSchema Schema { get; }
    public abstract ValueGetter<DataViewRowId> GetIdGetter();
    public abstract bool IsColumnActive(DataViewSchema.Column column);
    public abstract ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}

/// <summary>A row that moves; before the first and after the last MoveNext its Position is -1.</summary>
public abstract class DataViewRowCursor : DataViewRow
{
    public abstract bool MoveNext();
}
