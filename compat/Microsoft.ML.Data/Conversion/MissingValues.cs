using System;

namespace Microsoft.ML.Data.Conversion;

/// <summary>Which values count as missing: NaN, and the zero of a key. No other type has a missing value.</summary>
static class MissingValues
{
    /// <summary>The test for a missing item, or null where the item type has none.</summary>
    public static Func<T, bool> TestOrNull<T>(DataViewType itemType)
        => (Func<T, bool>)(Delegate)(itemType switch
        {
            KeyDataViewType => KeyTest<T>(),
            _ when itemType.RawType == typeof(float) => (Func<float, bool>)float.IsNaN,
            _ when itemType.RawType == typeof(double) => (Func<double, bool>)double.IsNaN,
            _ => null,
        });

    static Func<T, bool> KeyTest<T>() => key => System.Collections.Generic.EqualityComparer<T>.Default.Equals(key, default);

    public static bool Exist(DataViewType itemType)
        => itemType is KeyDataViewType || itemType.RawType == typeof(float) || itemType.RawType == typeof(double);

    /// <summary>NaN for reals, else the default of the type.</summary>
    public static T ValueOrDefault<T>()
        => typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;
}
