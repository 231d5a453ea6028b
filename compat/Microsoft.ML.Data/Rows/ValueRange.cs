using System;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// A range of numbers, or of fractions of a key's values; NaN and missing keys lie neither in it nor outside. The lower bound belongs to it.
/// </summary>
readonly record struct ValueRange(double Min, double Max, bool IncludesMax, bool Complement = false)
{
    public bool Accepts(double value) => Complement
        ? Min > value || (IncludesMax ? value > Max : value >= Max)
        : Min <= value && (IncludesMax ? value <= Max : value < Max);

    public static bool CanTest(DataViewType type)
        => type is KeyDataViewType || type == NumberDataViewType.Single || type == NumberDataViewType.Double;

    /// <summary>The rows whose column lies in the range.</summary>
    public RowFilter Filter(IHostEnvironment env, IDataView input, DataViewSchema.Column column)
    {
        var range = this;
        var host = env; // the filter registers its own; the checks below are its parameter checks
        if (!CanTest(column.Type))
            throw host.ExceptUserArg("Column", "Column '{0}' does not have compatible type", column.Name);
        if (column.Type is KeyDataViewType && Max >= 1)
            range = this with { IncludesMax = true };
        return new(env, "RangeFilter", input, [column.Index], row =>
        {
            var read = Reader(row, column);
            return () => range.Accepts(read());
        });
    }

    /// <summary>The value of a number, or the middle of a key's share of 0..1; NaN if missing.</summary>
    public static Func<double> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is KeyDataViewType key)
            return Utils.MarshalInvoke(KeyReader<int>, key.RawType, row, column, key.Count);
        return column.Type == NumberDataViewType.Single ? NumberReader<float>(row, column, x => x) : NumberReader<double>(row, column, x => x);
    }

    static Func<double> NumberReader<T>(DataViewRow row, DataViewSchema.Column column, Func<T, double> convert)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return convert(value);
        };
    }

    static Func<double> KeyReader<T>(DataViewRow row, DataViewSchema.Column column, ulong count)
        => NumberReader<T>(row, column, value => Convert.ToUInt64(value) is var key && key != 0 && key <= count ? ((uint)key - 0.5) / count : double.NaN);
}
