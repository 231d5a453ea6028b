using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The view of a row-to-row mapping, and the mapping itself: the input columns with the mapped ones beside them.</summary>
sealed class RowToRowMapperTransform : TransformBase, IRowToRowMapper
{
    readonly ColumnBindings _bindings;

    public RowToRowMapperTransform(IHostEnvironment env, IDataView input, IReadOnlyList<MappedColumn> columns)
        : base(env, nameof(RowToRowMapperTransform), input) => _bindings = new(input.Schema, columns);

    public override DataViewSchema Schema => _bindings.Schema;
    public DataViewSchema InputSchema => Source.Schema;
    public DataViewSchema OutputSchema => _bindings.Schema;

    // The real one maps such rows in several threads and puts them together again; here it is one, with errors reported as by a worker.
    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        rand = CanShuffle ? rand : null;
        return _bindings.AnyAdded(RowCursors.ActiveColumns(Schema, columnsNeeded))
            ? new WorkerCursor(Host, GetRowCursorSet(columnsNeeded, 1, rand)[0])
            : GetRowCursorCore(columnsNeeded, rand);
    }

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand)
    {
        var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
        return new Cursor(Host, Source.GetRowCursor(_bindings.InputsOf(active), rand), _bindings, active);
    }

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
        return Source.GetRowCursorSet(_bindings.InputsOf(active), n, rand)
            .Select(input => (DataViewRowCursor)new Cursor(Host, input, _bindings, active)).ToArray();
    }

    IEnumerable<DataViewSchema.Column> IRowToRowMapper.GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => _bindings.InputsOf(RowCursors.ActiveColumns(OutputSchema, dependingColumns));

    DataViewRow IRowToRowMapper.GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Host.CheckValue(input, nameof(input));
        Host.CheckValue(activeColumns, nameof(activeColumns));
        Host.Check(input.Schema == Source.Schema, "Schema of input row must be the same as the schema the mapper is bound to");
        using var channel = Host.Start("GetEntireRow");
        return new Row(input, _bindings, _bindings.MakeGetters(input, RowCursors.ActiveColumns(OutputSchema, activeColumns)));
    }

    sealed class Row(DataViewRow input, ColumnBindings bindings, Delegate[] getters) : WrappingRow(input)
    {
        public override DataViewSchema Schema => bindings.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column)
            => bindings.SourceOf(column.Index) is var source && source >= 0
                ? Input.IsColumnActive(Input.Schema[source]) : getters[~source] != null;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => bindings.SourceOf(column.Index) is var source && source >= 0
                ? Input.GetGetter<TValue>(Input.Schema[source]) : RowCursors.Cast<TValue>(null, getters[~source]);
    }

    sealed class Cursor(IChannelProvider provider, DataViewRowCursor input, ColumnBindings bindings, bool[] active)
        : SynchronizedCursorBase(provider, input)
    {
        readonly Delegate[] _getters = bindings.MakeGetters(input, active);

        public override DataViewSchema Schema => bindings.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Ch.Check(column.Index < active.Length);
            return active[column.Index];
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.Check(IsColumnActive(column));
            var source = bindings.SourceOf(column.Index);
            return source >= 0 ? Input.GetGetter<TValue>(Input.Schema[source]) : RowCursors.Cast<TValue>(null, _getters[~source]);
        }
    }

    /// <summary>Reports what goes wrong underneath as the real one does when it reads the source in worker threads.</summary>
    sealed class WorkerCursor(IChannelProvider provider, DataViewRowCursor input) : SynchronizedCursorBase(provider, input)
    {
        public override DataViewSchema Schema => Input.Schema;
        public override bool IsColumnActive(DataViewSchema.Column column) => Input.IsColumnActive(column);

        public override bool MoveNext()
        {
            try
            {
                return Input.MoveNext();
            }
            catch (Exception e)
            {
                throw Failed(e);
            }
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var getter = Input.GetGetter<TValue>(column);
            return (ref TValue value) =>
            {
                try
                {
                    if (!IsGood)
                        throw new InvalidOperationException(RowCursors.FetchValueStateError);
                    getter(ref value);
                }
                catch (Exception e) when (IsGood)
                {
                    throw Failed(e);
                }
            };
        }

        bool IsGood => Position >= 0;

        Exception Failed(Exception e) => Ch.Except(e, "Splitter/consolidator worker encountered exception while consuming source data");
    }
}
