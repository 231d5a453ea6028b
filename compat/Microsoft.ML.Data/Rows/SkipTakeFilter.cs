using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Leaves out the first rows, and ends after so many.</summary>
sealed class SkipTakeFilter(IHostEnvironment env, IDataView input, long skip = 0, long take = long.MaxValue) : TransformBase(env, "SkipTakeFilter", input)
{
    public override bool CanShuffle => false;

    public override long? GetRowCount()
        => take == 0 ? 0 : Source.GetRowCount() is { } count ? Math.Min(Math.Max(0, count - skip), take) : null;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand)
        => new Cursor(Host, Source.GetRowCursor(columnsNeeded), RowCursors.ActiveColumns(Schema, columnsNeeded), skip, take);

    sealed class Cursor(IChannelProvider provider, DataViewRowCursor input, bool[] active, long skip, long take)
        : LinkedRowFilterCursorBase(provider, input, input.Schema, active)
    {
        long _skipped, _taken;

        public override long Batch => 0;

        protected override bool Accept() => _skipped++ >= skip;

        protected override bool MoveNextCore() => _taken++ < take && base.MoveNextCore();
    }
}
