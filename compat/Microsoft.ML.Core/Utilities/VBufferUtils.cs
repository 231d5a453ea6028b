using System;
using System.Collections.Generic;
using Microsoft.ML.Data;

namespace Microsoft.ML.Internal.Utilities;

static class VBufferUtils
{
    public static VBuffer<T> CreateEmpty<T>(int length) => new(length, 0, null, null);

    public static void Resize<T>(ref VBuffer<T> vector, int length, int? count = null)
        => vector = VBufferEditor.Create(ref vector, length, count).Commit();

    public static void Densify<T>(ref VBuffer<T> vector)
    {
        if (vector.IsDense)
            return;
        VBuffer<T> dense = default;
        vector.CopyToDense(ref dense);
        vector = dense;
    }

    /// <summary>Stores sparse what has values in less than half of its slots, else dense: so most transforms hand out their vectors.</summary>
    public static void Pack<T>(ref VBuffer<T> vector)
    {
        var values = vector.GetValues();
        var count = 0;
        foreach (ref readonly var value in values)
            if (!IsDefault(value))
                count++;
        if (count > 0 && count >= vector.Length / 2)
        {
            Densify(ref vector);
            return;
        }
        if (count == values.Length)
            return;

        // Values only move towards the front, so the arrays can be the same.
        var slots = vector.GetIndices();
        var wasDense = vector.IsDense;
        var editor = VBufferEditor.Create(ref vector, vector.Length, count);
        var at = 0;
        for (var i = 0; at < count; i++)
            if (!IsDefault(values[i]))
                (editor.Values[at], editor.Indices[at++]) = (values[i], wasDense ? i : slots[i]);
        vector = editor.Commit();
    }

    static bool IsDefault<T>(T value)
        => value is ReadOnlyMemory<char> text ? text.IsEmpty : EqualityComparer<T>.Default.Equals(value, default);

    /// <summary>A dense vector with these values, in the arrays of the destination.</summary>
    public static void Set<T>(ref VBuffer<T> destination, ReadOnlySpan<T> values)
    {
        var editor = VBufferEditor.Create(ref destination, values.Length);
        values.CopyTo(editor.Values);
        destination = editor.Commit();
    }

    /// <summary>Sets the first vectors of an array to these rows, in an array that has room for them.</summary>
    /// <returns>The number of rows.</returns>
    public static int SetRows<T>(ref VBuffer<T>[] destinations, T[][] rows)
    {
        if (destinations is null || destinations.Length < rows.Length)
            Array.Resize(ref destinations, rows.Length);
        for (var i = 0; i < rows.Length; i++)
            Set(ref destinations[i], rows[i]);
        return rows.Length;
    }
}
