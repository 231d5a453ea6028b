using System;
using System.Collections;
using System.Collections.Generic;

namespace Microsoft.ML.Data;

/// <summary>
/// A dense or sparse vector over arrays that may be longer than needed, so that they can be reused from row to row.
/// Sparse when fewer values are stored than the vector is long: the indices then say where they stand, in rising order.
/// </summary>
public readonly struct VBuffer<T> : IEnumerable
{
    readonly T[] _values;
    readonly int[] _indices;
    readonly int _count;

    public readonly int Length;

    public VBuffer(int length, T[] values, int[] indices = null)
    {
        Checks.Param(length >= 0, nameof(length));
        Checks.Param((values?.Length ?? 0) >= length, nameof(values));
        (Length, _count, _values, _indices) = (length, length, values, indices);
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Checks.Param(length >= 0, nameof(length));
        Checks.Param(0 <= count && count <= length, nameof(count));
        Checks.Param((values?.Length ?? 0) >= count, nameof(values));
        Checks.Param(count == length || (indices?.Length ?? 0) >= count, nameof(indices));
        (Length, _count, _values, _indices) = (length, count, values, indices);
    }

    public bool IsDense => _count == Length;

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        var editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Checks.Param(0 <= sourceIndex && sourceIndex <= Length, nameof(sourceIndex));
        Checks.Param(0 <= length && sourceIndex <= Length - length, nameof(length));

        if (IsDense)
        {
            Copy(_values, sourceIndex, ref destination, length);
            return;
        }
        var indices = GetIndices();
        var from = FirstAtLeast(indices, sourceIndex);
        var count = FirstAtLeast(indices, sourceIndex + length) - from;
        var editor = VBufferEditor.Create(ref destination, length, count);
        _values.AsSpan(from, count).CopyTo(editor.Values);
        for (var i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = indices[from + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Checks.Param(0 <= destinationIndex && destinationIndex <= destination.Length - Length, nameof(destination), "Not large enough to hold these values.");
        destination = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(destination);
            return;
        }
        // Without any stored value the real one ignores defaultValue; kept.
        destination.Fill(_count == 0 ? default : defaultValue);
        for (var i = 0; i < _count; i++)
            destination[_indices[i]] = _values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        var size = source?.Length ?? 0;
        Checks.Param(0 <= length && length <= size, nameof(length));
        Checks.Param(0 <= sourceIndex && sourceIndex <= size - length, nameof(sourceIndex));
        var editor = VBufferEditor.Create(ref destination, length, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    /// <summary>Slot and value of the stored items, or of every item.</summary>
    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        if (IsDense || !all)
        {
            for (var i = 0; i < _count; i++)
                yield return new(IsDense ? i : _indices[i], _values[i]);
            yield break;
        }
        var stored = 0;
        for (var slot = 0; slot < Length; slot++)
            yield return new(slot, stored < _count && _indices[stored] == slot ? _values[stored++] : default);
    }

    public IEnumerable<T> DenseValues()
    {
        foreach (var item in Items(all: true))
            yield return item.Value;
    }

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        Checks.Param(0 <= index && index < Length, nameof(index));
        if (IsDense)
            return _values[index];
        var at = GetIndices().BinarySearch(index);
        return at < 0 ? default : _values[at];
    }

    public override string ToString()
        => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    // Over the whole array, as the real one.
    public IEnumerator GetEnumerator() => _values.GetEnumerator();

    internal VBufferEditor<T> GetEditor() => GetEditor(Length, _count);

    internal VBufferEditor<T> GetEditor(
        int newLogicalLength, int? valuesCount, int? maxValuesCapacity = null, bool keepOldOnResize = false, bool requireIndicesOnDense = false)
    {
        Checks.Param(newLogicalLength >= 0, nameof(newLogicalLength), "Must be non-negative.");
        Checks.Param(valuesCount is null or >= 0, nameof(valuesCount), "If specified, must be non-negative.");
        Checks.Param(valuesCount is null || valuesCount <= newLogicalLength, nameof(valuesCount), "If specified, must be no greater than newLogicalLength");

        var count = valuesCount ?? newLogicalLength;
        var capacity = maxValuesCapacity ?? Array.MaxLength;
        var wantsIndices = count < newLogicalLength || requireIndicesOnDense;
        var values = EnsureSize(_values, count, capacity, keepOldOnResize);
        var indices = wantsIndices ? EnsureSize(_indices, count, capacity, keepOldOnResize) : _indices;
        return new(newLogicalLength, count, values, indices, wantsIndices, values != _values, indices != _indices);
    }

    static TItem[] EnsureSize<TItem>(TItem[] array, int min, int max, bool keepOld)
    {
        if (min > max)
            throw new ArgumentOutOfRangeException(nameof(max), "min must not exceed max");
        var size = array?.Length ?? 0;
        if (size >= min)
            return array;
        var grown = (int)Math.Max(Math.Min(size == 0 ? 4 : 2L * size, max), min);
        if (!keepOld || size == 0)
            return new TItem[grown];
        Array.Resize(ref array, grown);
        return array;
    }

    static int FirstAtLeast(ReadOnlySpan<int> sorted, int value)
    {
        var at = sorted.BinarySearch(value);
        return at < 0 ? ~at : at;
    }
}
