using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What views and cursors have in common.</summary>
static class RowCursors
{
    public const string FetchValueStateError =
        "Values cannot be fetched at this time. This method was called either before the first call to MoveNext, or at any point after that method returned false.";

    /// <summary>Which columns of the schema are wanted.</summary>
    public static bool[] ActiveColumns(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        Contracts.CheckValue(columnsNeeded, nameof(columnsNeeded));
        var active = new bool[schema.Count];
        foreach (var column in columnsNeeded)
        {
            if (column.Index >= active.Length)
                throw Contracts.Except($"The requested column: {column} is not part of the sourceSchema");
            active[column.Index] = true;
        }
        return active;
    }

    public static DataViewRowCursor GetRowCursor(this IDataView data, params DataViewSchema.Column[] columnsNeeded)
        => data.GetRowCursor(columnsNeeded);

    public static DataViewRowCursor GetRowCursorForAllColumns(this IDataView data) => data.GetRowCursor(data.Schema);

    /// <summary>The getter of a column whose type is known at run time only.</summary>
    public static Delegate GetGetter(this DataViewRow row, DataViewSchema.Column column)
    {
        return Utils.MarshalInvoke(Get<int>, column.Type.RawType, row, column);

        static Delegate Get<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<T>(column);
    }

    /// <summary>The getter as one of the type that the caller wants.</summary>
    public static ValueGetter<T> Cast<T>(IExceptionContext ctx, Delegate getter)
        => getter as ValueGetter<T> ?? throw ctx.Except(
            $"Invalid TValue in GetGetter: '{typeof(T)}', expected type: '{getter.GetType().GetGenericArguments()[0]}'.");

    public static int[] GetRandomPermutation(Random random, int size)
    {
        var permutation = Enumerable.Range(0, size).ToArray();
        Shuffle<int>(random, permutation);
        return permutation;
    }

    public static void Shuffle<T>(Random random, Span<T> items)
    {
        for (var i = 0; i < items.Length; i++)
        {
            var other = random.Next(items.Length - i) + i;
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
