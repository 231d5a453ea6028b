using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public enum DataKind : byte
{
    SByte = 1, Byte = 2, Int16 = 3, UInt16 = 4, Int32 = 5, UInt32 = 6, Int64 = 7, UInt64 = 8, Single = 9, Double = 10,
    String = 11, Boolean = 12, TimeSpan = 13, DateTime = 14, DateTimeOffset = 15,
}

/// <summary>The kinds again, under the names that model files and messages use; with row ids.</summary>
enum InternalDataKind : byte
{
    I1 = 1, U1 = 2, I2 = 3, U2 = 4, I4 = 5, U4 = 6, I8 = 7, U8 = 8, R4 = 9, R8 = 10,
    TX = 11, BL = 12, TS = 13, DT = 14, DZ = 15, UG = 16,
}

static class DataKinds
{
    static readonly PrimitiveDataViewType[] _types =
    [
        null, NumberDataViewType.SByte, NumberDataViewType.Byte, NumberDataViewType.Int16, NumberDataViewType.UInt16,
        NumberDataViewType.Int32, NumberDataViewType.UInt32, NumberDataViewType.Int64, NumberDataViewType.UInt64,
        NumberDataViewType.Single, NumberDataViewType.Double, TextDataViewType.Instance, BooleanDataViewType.Instance,
        TimeSpanDataViewType.Instance, DateTimeDataViewType.Instance, DateTimeOffsetDataViewType.Instance, RowIdDataViewType.Instance,
    ];

    /// <summary>The standard type of a kind; null for a number that is none.</summary>
    public static PrimitiveDataViewType ToType(this InternalDataKind kind) => (int)kind < _types.Length ? _types[(int)kind] : null;

    public static PrimitiveDataViewType ToType(this DataKind kind) => ToType((InternalDataKind)kind);

    public static bool TryGetDataKind(this Type rawType, out InternalDataKind kind)
    {
        if (rawType == typeof(string))
            rawType = typeof(ReadOnlyMemory<char>);
        kind = (InternalDataKind)Math.Max(0, Array.FindIndex(_types, type => type?.RawType == rawType));
        return kind != 0;
    }

    public static ulong ToMaxInt(this Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (ulong)sbyte.MaxValue,
        TypeCode.Byte => byte.MaxValue,
        TypeCode.Int16 => (ulong)short.MaxValue,
        TypeCode.UInt16 => ushort.MaxValue,
        TypeCode.Int32 => int.MaxValue,
        TypeCode.UInt32 => uint.MaxValue,
        TypeCode.Int64 => long.MaxValue,
        TypeCode.UInt64 => ulong.MaxValue,
        _ => 0,
    };
}
