using System;
using Microsoft.ML.Data;

namespace Microsoft.ML.Internal.Utilities;

static class VBufferUtils
{
    public static VBuffer<T> CreateEmpty<T>(int length) => new(length, 0, null, null);

    public static VBuffer<T> CreateDense<T>(int length) => new(length, new T[length]);

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

    /// <summary>A dense vector with these values, in the arrays of the destination.</summary>
    public static void Set<T>(ref VBuffer<T> destination, ReadOnlySpan<T> values)
    {
        var editor = VBufferEditor.Create(ref destination, values.Length);
        values.CopyTo(editor.Values);
        destination = editor.Commit();
    }
}
