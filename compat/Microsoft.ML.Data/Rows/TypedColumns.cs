using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What evaluators and trainers ask of columns.</summary>
static class TypedColumns
{
    /// <summary>A label as a number: true is 1, a key is 0-based, what is missing is NaN.</summary>
    public static ValueGetter<float> LabelGetter(DataViewRow row, DataViewSchema.Column column)
    {
        switch (column.Type)
        {
            case NumberDataViewType { RawType: var raw } when raw == typeof(float):
                return row.GetGetter<float>(column);
            case NumberDataViewType { RawType: var raw } when raw == typeof(double):
                var getDouble = row.GetGetter<double>(column);
                double number = 0;
                return (ref float label) =>
                {
                    getDouble(ref number);
                    label = (float)number;
                };
            case BooleanDataViewType:
                var getBool = row.GetGetter<bool>(column);
                var flag = false;
                return (ref float label) =>
                {
                    getBool(ref flag);
                    label = flag ? 1 : 0;
                };
            case KeyDataViewType key when key.RawType == typeof(byte):
                return KeyGetter<byte>(row, column, key, value => value);
            case KeyDataViewType key when key.RawType == typeof(ushort):
                return KeyGetter<ushort>(row, column, key, value => value);
            case KeyDataViewType key when key.RawType == typeof(uint):
                return KeyGetter<uint>(row, column, key, value => value);
            case KeyDataViewType key:
                return KeyGetter<ulong>(row, column, key, value => value);
            default:
                throw Contracts.Except("Only floating point number, boolean, and key type values can be used as label.");
        }
    }

    static ValueGetter<float> KeyGetter<T>(DataViewRow row, DataViewSchema.Column column, KeyDataViewType type, Func<T, ulong> widen)
    {
        var get = row.GetGetter<T>(column);
        T raw = default;
        return (ref float label) =>
        {
            get(ref raw);
            var value = widen(raw);
            label = 0 < value && value <= type.Count ? value - 1 : float.NaN;
        };
    }

    public static bool IsSingle(DataViewType type) => type is NumberDataViewType { RawType: var raw } && raw == typeof(float);

    public static bool IsKeyOf(DataViewType type, ulong count) => type is KeyDataViewType key && key.Count == count;

    /// <summary>The length of a known-size vector of Single, 0 for any other type.</summary>
    public static int SingleVectorSize(DataViewType type)
        => type is VectorDataViewType { IsKnownSize: true } vector && IsSingle(vector.ItemType) ? vector.Size : 0;

    public static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value))
                return false;
        return true;
    }
}
