using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>The annotation that says which slots of a vector belong to the same category: pairs of first and last slot.</summary>
static class CategoricalSlots
{
    public static bool TryGetRanges(DataViewSchema.Column column, out int[] ranges)
    {
        ranges = null;
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector
            || column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.CategoricalSlotRanges)?.Type
                is not VectorDataViewType { Size: > 0 } type
            || type.ItemType != NumberDataViewType.Int32)
            return false;
        VBuffer<int> value = default;
        column.Annotations.GetValue(AnnotationUtils.Kinds.CategoricalSlotRanges, ref value);
        ranges = value.DenseValues().ToArray();
        return AreValid(ranges, vector.Size);
    }

    /// <summary>Ranges of the same length, one behind the other.</summary>
    public static int[] EqualRanges(int count, int length)
        => Enumerable.Range(0, count).SelectMany(i => (int[])[i * length, i * length + length - 1]).ToArray();

    static bool AreValid(int[] ranges, int size)
    {
        if (ranges.Length == 0 || ranges.Length % 2 != 0)
            return false;
        for (var i = 0; i < ranges.Length; i += 2)
            if (ranges[i] < 0 || ranges[i] > ranges[i + 1] || ranges[i + 1] >= size || i > 0 && ranges[i] <= ranges[i - 1])
                return false;
        return true;
    }
}
