using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// The rows that pass a test. <paramref name="tested"/> are the columns that the test reads; <paramref name="makeTest"/> gets a row in
/// which they are active. A test that depends on the order of rows (<paramref name="isSequential"/>) is not given shuffled rows.
/// </summary>
sealed class RowFilter(
    IHostEnvironment env, string name, IDataView input, int[] tested, Func<DataViewRow, Func<bool>> makeTest, bool isSequential = false)
    : TransformBase(env, name, input)
{
    public override bool CanShuffle => !isSequential && base.CanShuffle;

    public override long? GetRowCount() => null;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand)
    {
        var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
        return new Cursor(Host, Source.GetRowCursor(Needed(active), rand), active, makeTest);
    }

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        if (isSequential)
            return base.GetRowCursorSet(columnsNeeded, n, rand);
        var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
        return Source.GetRowCursorSet(Needed(active), n, rand)
            .Select(cursor => (DataViewRowCursor)new Cursor(Host, cursor, active, makeTest)).ToArray();
    }

    DataViewSchema.Column[] Needed(bool[] active) => Schema.Where(column => active[column.Index] || tested.Contains(column.Index)).ToArray();

    sealed class Cursor(IChannelProvider provider, DataViewRowCursor input, bool[] active, Func<DataViewRow, Func<bool>> makeTest)
        : LinkedRowFilterCursorBase(provider, input, input.Schema, active)
    {
        readonly Func<bool> _test = makeTest(input);

        protected override bool Accept() => _test();
    }
}
