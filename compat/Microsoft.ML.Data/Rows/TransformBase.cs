using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// A lazy view over another one: implement GetRowCursorCore, and override Schema, GetRowCount, CanShuffle where they differ from the
/// source's (the row count of a filter is unknown). A host of the given name is registered.
/// </summary>
abstract class TransformBase : IDataView
{
    protected readonly IHost Host;

    protected TransformBase(IHostEnvironment env, string name, IDataView input)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(input, nameof(input));
        Host = env.Register(name);
        Source = input;
    }

    public IDataView Source { get; }
    public virtual bool CanShuffle => Source.CanShuffle;
    public virtual DataViewSchema Schema => Source.Schema;
    public virtual long? GetRowCount() => Source.GetRowCount();

    public virtual DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => GetRowCursorCore(columnsNeeded, CanShuffle ? rand : null);

    public virtual DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursorCore(columnsNeeded, rand)];

    protected abstract DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand);
}
