using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

static class ColumnTypeExtensions
{
    public static bool IsStandardScalar(this DataViewType type) => type is NumberDataViewType or TextDataViewType or BooleanDataViewType
        or RowIdDataViewType or TimeSpanDataViewType or DateTimeDataViewType or DateTimeOffsetDataViewType;

    public static DataViewType GetItemType(this DataViewType type) => (type as VectorDataViewType)?.ItemType ?? type;

    /// <summary>0 for a scalar and for an unknown size.</summary>
    public static int GetVectorSize(this DataViewType type) => (type as VectorDataViewType)?.Size ?? 0;

    /// <summary>1 for a scalar, 0 for an unknown size.</summary>
    public static int GetValueCount(this DataViewType type) => (type as VectorDataViewType)?.Size ?? 1;

    public static bool IsKnownSizeVector(this DataViewType type) => type.GetVectorSize() > 0;

    /// <summary>0 for anything but a key.</summary>
    public static ulong GetKeyCount(this DataViewType type) => (type as KeyDataViewType)?.Count ?? 0;

    public static int GetKeyCountAsInt32(this DataViewType type, IExceptionContext ctx = null)
    {
        var count = type.GetKeyCount();
        ctx.Check(count <= int.MaxValue, "KeyDataViewType.Count exceeds int.MaxValue.");
        return (int)count;
    }

    public static InternalDataKind GetRawKind(this DataViewType type)
    {
        type.RawType.TryGetDataKind(out var kind);
        return kind;
    }

    /// <summary>Equal, or vectors that differ in their dimensions only.</summary>
    public static bool SameSizeAndItemType(this DataViewType type, DataViewType other)
        => type.Equals(other) || type is VectorDataViewType vector && other is VectorDataViewType otherVector
            && vector.ItemType.Equals(otherVector.ItemType) && vector.Size == otherVector.Size;

    public static PrimitiveDataViewType PrimitiveTypeFromType(Type type)
        => type.TryGetDataKind(out var kind) ? kind.ToType()
            : throw new InvalidOperationException($"Bad type in ColumnTypeExtensions.NumberTypeFromType: {type}");
}
