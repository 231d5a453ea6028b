using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A sequence of objects as a view; every cursor enumerates it anew.</summary>
sealed class EnumerableDataView<TRow> : IDataView where TRow : class
{
    readonly IHost _host;
    readonly IEnumerable<TRow> _rows;
    readonly PocoColumn[] _columns;

    public EnumerableDataView(IHostEnvironment env, IEnumerable<TRow> rows, SchemaDefinition definition)
    {
        _columns = PocoSchema.ColumnsOf(typeof(TRow), definition, SchemaDefinition.Direction.Read);
        _host = env.Register("StreamingDataView");
        _rows = rows;
        Schema = PocoSchema.ToSchema(_columns);
    }

    public bool CanShuffle => false;
    public DataViewSchema Schema { get; }
    public long? GetRowCount() => (_rows as ICollection<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(this, RowCursors.ActiveColumns(Schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    sealed class Cursor : RootCursorBase
    {
        readonly PocoRow<TRow> _row;
        readonly IEnumerator<TRow> _enumerator;

        public Cursor(EnumerableDataView<TRow> parent, bool[] active) : base(parent._host)
        {
            _row = new(parent._host, parent._columns, parent.Schema, active);
            _enumerator = parent._rows.GetEnumerator();
        }

        public override DataViewSchema Schema => _row.Schema;
        public override long Batch => 0;
        public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
        {
            Ch.Check(IsGood, RowCursors.FetchValueStateError);
            id = new((ulong)Position, 0);
        };

        protected override bool MoveNextCore()
        {
            var moved = _enumerator.MoveNext();
            _row.Value = moved ? _enumerator.Current : null;
            return moved && _row.Value is null ? throw Ch.Except("Encountered null when iterating over data, this is not supported.") : moved;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _enumerator.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>An object as a row of columns; set Value before reading.</summary>
sealed class PocoRow<TRow> : DataViewRow where TRow : class
{
    readonly IHost _host;
    readonly Delegate[] _getters;
    TRow _value;
    long _position = -1;

    public PocoRow(IHostEnvironment env, PocoColumn[] columns, DataViewSchema schema, bool[] active = null)
    {
        _host = env.Register("Row");
        Schema = schema;
        _getters = columns.Select((column, i) => active?[i] == false ? null : PocoValues.MakeGetter(_host, column, () => _value)).ToArray();
    }

    public PocoRow(IHostEnvironment env, SchemaDefinition definition)
        : this(env, PocoSchema.ColumnsOf(typeof(TRow), definition, SchemaDefinition.Direction.Read)) { }

    PocoRow(IHostEnvironment env, PocoColumn[] columns) : this(env, columns, PocoSchema.ToSchema(columns)) { }

    /// <summary>The object that is read; setting it moves on by one position.</summary>
    public TRow Value
    {
        get => _value;
        set => (_value, _position) = (value, _position + 1);
    }

    public override DataViewSchema Schema { get; }
    public override long Position => _position;
    public override long Batch => 0;
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column)
        => column.Index < _getters.Length ? _getters[column.Index] != null : throw _host.Except("Column index must be between 0 and {0}", _getters.Length);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _host.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
        var getter = _getters[column.Index];
        return getter as ValueGetter<TValue> ?? throw _host.Except(
            $"Invalid TValue in GetGetter for column #{column}: '{typeof(TValue)}', expected type: '{getter.GetType().GetGenericArguments()[0]}'.");
    }
}
