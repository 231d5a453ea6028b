using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Keeps the columns that were read once in memory; reads only the ones that are missing.</summary>
sealed class CacheDataView : IDataView
{
    readonly IHost _host;
    readonly IDataView _source;
    readonly Column[] _columns;
    readonly object _lock = new();
    long _rowCount;

    public CacheDataView(IHostEnvironment env, IDataView input, int[] prefetch)
    {
        _host = env.Register("Cache");
        _host.CheckValue(input, nameof(input));
        _source = input;
        _rowCount = input.GetRowCount() ?? -1;
        _columns = new Column[input.Schema.Count];
        if (prefetch is { Length: > 0 })
            Fill(prefetch);
    }

    public bool CanShuffle => true;
    public DataViewSchema Schema => _source.Schema;
    public long? GetRowCount() => Interlocked.Read(ref _rowCount) is var count and >= 0 ? count : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
        Fill(Enumerable.Range(0, active.Length).Where(i => active[i]).ToArray());
        return new Cursor(this, active, Order(rand), 0, 1);
    }

    /// <summary>Each cursor gets every n-th block of rows, as batches in order.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
        Fill(Enumerable.Range(0, active.Length).Where(i => active[i]).ToArray());
        var order = Order(rand);
        n = Math.Max(1, n);
        return Enumerable.Range(0, n).Select(i => (DataViewRowCursor)new Cursor(this, active, order, i, n)).ToArray();
    }

    int[] Order(Random rand) => rand is null ? null : RowCursors.GetRandomPermutation(rand, (int)_rowCount);

    void Fill(int[] wanted)
    {
        lock (_lock)
        {
            var missing = wanted.Where(index => _columns[index] is null).Distinct().ToArray();
            if (missing.Length == 0 && _rowCount >= 0)
                return;
            using var channel = _host.Start("Cache Filler");
            channel.Trace("Begin cache of {0} columns", missing.Length);
            using var cursor = _source.GetRowCursor(missing.Select(index => Schema[index]));
            var columns = missing.Select(index => Utils.MarshalInvoke(NewColumn<int>, Schema[index].Type.RawType, (DataViewRow)cursor, Schema[index])).ToArray();
            long count = 0;
            for (; cursor.MoveNext(); count++)
                foreach (var column in columns)
                    column.Add();
            for (var i = 0; i < missing.Length; i++)
                _columns[missing[i]] = columns[i];
            if (_rowCount < 0)
                channel.Trace("Number of rows determined as {0}", count);
            Interlocked.CompareExchange(ref _rowCount, count, -1);
            channel.Trace("End cache of {0} columns", missing.Length);
        }
    }

    static Column NewColumn<T>(DataViewRow row, DataViewSchema.Column column)
        => column.Type is VectorDataViewType vector
            ? (Column)Activator.CreateInstance(typeof(VectorColumn<>).MakeGenericType(vector.ItemType.RawType), row, column)
            : new ScalarColumn<T>(row, column);

    abstract class Column
    {
        public abstract void Add();
    }

    abstract class Column<T>(DataViewRow row, DataViewSchema.Column column) : Column
    {
        readonly ValueGetter<T> _getter = row.GetGetter<T>(column);
        protected readonly List<T> Values = [];

        public override void Add()
        {
            T value = default;
            _getter(ref value);
            Values.Add(value);
        }

        public abstract void Fetch(int row, ref T value);
    }

    sealed class ScalarColumn<T>(DataViewRow row, DataViewSchema.Column column) : Column<T>(row, column)
    {
        public override void Fetch(int row, ref T value) => value = Values[row];
    }

    sealed class VectorColumn<T>(DataViewRow row, DataViewSchema.Column column) : Column<VBuffer<T>>(row, column)
    {
        public override void Fetch(int row, ref VBuffer<T> value) => Values[row].CopyTo(ref value);
    }

    sealed class Cursor(CacheDataView parent, bool[] active, int[] order, int first, int step) : RootCursorBase(parent._host)
    {
        const int BlockSize = 64;
        long _next = first * BlockSize;
        int _row;

        public override DataViewSchema Schema => parent.Schema;
        public override long Batch => step == 1 ? 0 : (_next - 1) / BlockSize;
        public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < active.Length && active[column.Index];

        protected override bool MoveNextCore()
        {
            if (step > 1 && _next % BlockSize == 0 && Position >= 0)
                _next += BlockSize * (step - 1);
            if (_next >= parent._rowCount)
                return false;
            _row = order is null ? (int)_next : order[_next];
            _next++;
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
        {
            Ch.Check(IsGood, "Cannot call ID getter in current state");
            id = new((ulong)_row, 0);
        };

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
            var values = parent._columns[column.Index] as Column<TValue>
                ?? throw Ch.Except($"Invalid TValue: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");
            return (ref TValue value) =>
            {
                Ch.Check(IsGood, RowCursors.FetchValueStateError);
                values.Fetch(_row, ref value);
            };
        }
    }
}
