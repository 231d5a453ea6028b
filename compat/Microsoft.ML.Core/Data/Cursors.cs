using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A cursor that moves by itself: implement MoveNextCore; Position, the end and the channel are looked after.</summary>
abstract class RootCursorBase : DataViewRowCursor
{
    protected readonly IChannel Ch;
    long _position = -1;
    bool _disposed;

    protected RootCursorBase(IChannelProvider provider)
    {
        Contracts.CheckValue(provider, nameof(provider));
        Ch = provider.Start("Cursor");
    }

    public sealed override long Position => _position;

    protected bool IsGood => _position >= 0;

    protected abstract bool MoveNextCore();

    public sealed override bool MoveNext()
    {
        if (_disposed)
            return false;
        if (MoveNextCore())
        {
            _position++;
            return true;
        }
        Dispose();
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
        {
            Ch.Dispose();
            _position = -1;
        }
        base.Dispose(disposing);
    }
}

/// <summary>A cursor over another one that moves at its own pace, such as a filter.</summary>
abstract class LinkedRootCursorBase : RootCursorBase
{
    bool _disposed;

    protected LinkedRootCursorBase(IChannelProvider provider, DataViewRowCursor input) : base(provider) => Input = input;

    protected DataViewRowCursor Input { get; }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>A filter: the rows, columns and ids of the input, less the rows that Accept refuses.</summary>
abstract class LinkedRowFilterCursorBase : LinkedRootCursorBase
{
    readonly bool[] _active;

    protected LinkedRowFilterCursorBase(IChannelProvider provider, DataViewRowCursor input, DataViewSchema schema, bool[] active)
        : base(provider, input) => (Schema, _active) = (schema, active);

    public override DataViewSchema Schema { get; }
    public override long Batch => Input.Batch;
    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Ch.Check(column.Index < Schema.Count, nameof(column));
        return _active is null || _active[column.Index];
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Ch.Check(IsColumnActive(column));
        return Input.GetGetter<TValue>(column);
    }

    protected abstract bool Accept();

    protected override bool MoveNextCore()
    {
        while (Input.MoveNext())
            if (Accept())
                return true;
        return false;
    }
}

/// <summary>A cursor that moves with another one.</summary>
abstract class SynchronizedCursorBase : DataViewRowCursor
{
    protected readonly IChannel Ch;
    bool _disposed;

    protected SynchronizedCursorBase(IChannelProvider provider, DataViewRowCursor input)
    {
        Ch = provider.Start("Cursor");
        Input = input;
    }

    protected DataViewRowCursor Input { get; }
    public override long Position => Input.Position;
    public override long Batch => Input.Batch;
    public override bool MoveNext() => Input.MoveNext();
    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
        {
            Input.Dispose();
            Ch.Dispose();
        }
        base.Dispose(disposing);
    }
}

/// <summary>A row over another one, which it owns.</summary>
abstract class WrappingRow(DataViewRow input) : DataViewRow
{
    bool _disposed;

    protected DataViewRow Input { get; } = input;
    public sealed override long Batch => Input.Batch;
    public sealed override long Position => Input.Position;
    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    protected sealed override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        if (disposing)
            Input.Dispose();
    }
}
