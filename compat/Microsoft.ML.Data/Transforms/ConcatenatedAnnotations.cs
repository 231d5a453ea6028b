using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Internal.Utilities;

namespace Microsoft.ML.Data;

/// <summary>What is known of a vector that was put together from columns.</summary>
static class ConcatenatedAnnotations
{
    /// <summary>Normalized if all sources are, names and categories of slots if any source has them.</summary>
    public static DataViewSchema.Annotations Of(DataViewSchema.Column[] sources, PrimitiveDataViewType itemType, int size)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (itemType is NumberDataViewType && sources.All(source => source.IsNormalized()))
            annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        if (size > 0 && sources.Any(source => source.Type is not VectorDataViewType || source.HasSlotNames(source.Type.GetVectorSize())))
            annotations.AddSlotNames(size, (ref VBuffer<ReadOnlyMemory<char>> value) => value = SlotNames(sources, size));
        var ranges = size > 0 ? CategoricalRanges(sources) : [];
        if (ranges.Length > 0)
            annotations.Add(AnnotationUtils.Kinds.CategoricalSlotRanges, AnnotationUtils.GetCategoricalType(ranges.Length / 2),
                (ref VBuffer<int> value) => value = new(ranges.Length, ranges));
        return annotations.ToAnnotations();
    }

    /// <summary>A scalar's slot has the name of the column, a vector's slots "column.slot".</summary>
    static VBuffer<ReadOnlyMemory<char>> SlotNames(DataViewSchema.Column[] sources, int size)
    {
        var names = new ReadOnlyMemory<char>[size];
        var slot = 0;
        foreach (var source in sources)
        {
            if (source.Type is not VectorDataViewType vector)
            {
                names[slot++] = source.Name.AsMemory();
                continue;
            }
            if (source.HasSlotNames(vector.Size))
            {
                VBuffer<ReadOnlyMemory<char>> own = default;
                source.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref own);
                foreach (var (i, name) in own.Items())
                    if (!name.IsEmpty)
                        names[slot + i] = $"{source.Name}.{name}".AsMemory();
            }
            slot += vector.Size;
        }
        var result = new VBuffer<ReadOnlyMemory<char>>(size, names);
        VBufferUtils.Pack(ref result);
        return result;
    }

    static int[] CategoricalRanges(DataViewSchema.Column[] sources)
    {
        var ranges = new List<int>();
        var slot = 0;
        foreach (var source in sources)
        {
            if (CategoricalSlots.TryGetRanges(source, out var own))
                ranges.AddRange(own.Select(i => i + slot));
            slot += source.Type.GetValueCount();
        }
        return [.. ranges];
    }
}
