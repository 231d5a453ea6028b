using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Stands at one row of the block that was parsed last.</summary>
sealed class TextCursor : RootCursorBase
{
    readonly bool[] _active;
    readonly bool _isOneOfSet;
    readonly IRowBlockReader _blocks;
    readonly Delegate[] _getters;
    RowBlock _block;
    bool _isDisposed;

    public TextCursor(
        IChannelProvider provider, DataViewSchema schema, bool[] active, IRowBlockReader blocks, RowBlock sample, bool isOneOfSet)
        : base(provider)
    {
        Schema = schema;
        (_active, _blocks, _isOneOfSet) = (active, blocks, isOneOfSet);
        _getters = sample.Columns.Select((column, i) => column?.MakeGetter(this, i)).ToArray();
    }

    public override DataViewSchema Schema { get; }

    public override long Batch => _isOneOfSet && _block is not null ? _block.Lines.Number : 0;

    public int RowInBlock { get; private set; } = -1;

    public ColumnBuffer CurrentColumn(int index)
    {
        Ch.Check(_block is not null, RowCursors.FetchValueStateError);
        return _block.Columns[index];
    }

    protected override bool MoveNextCore()
    {
        if (_block is null || ++RowInBlock == _block.Lines.Count)
        {
            _block = _blocks.Next();
            RowInBlock = 0;
            if (_block is null)
                return false;
        }
        _blocks.Reach(RowInBlock);
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Ch.CheckParam(column.Index < _getters.Length, nameof(column), "requested column not valid.");
        Ch.Check(IsColumnActive(column));
        return RowCursors.Cast<TValue>(Ch, _getters[column.Index]);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
    {
        Ch.Check(_block is not null, RowCursors.FetchValueStateError);
        id = new((ulong)(_block.Lines.FirstRow + RowInBlock), 0);
    };

    protected override void Dispose(bool disposing)
    {
        // Twice is usual: at the end of the data, and by who made the cursor.
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (disposing)
            _blocks.Dispose();
        base.Dispose(disposing);
    }
}
