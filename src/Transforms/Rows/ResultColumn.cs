using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A column that shows a part of what was computed for a row.</summary>
/// <typeparam name="TResult">What was computed for a row.</typeparam>
abstract class ResultColumn<TResult>(string name, DataViewType type, DataViewSchema.Annotations? annotations = null)
    : OutputColumn(name, type, annotations)
{
    /// <summary>A getter of the column.</summary>
    /// <param name="result">The result for the current row; asked for at every call.</param>
    public abstract Delegate CreateGetter(Func<TResult> result);

    /// <summary>The column of this name; none where there is no name.</summary>
    public static ResultColumn<TResult>[] IfNamed(string? name, Func<string, ResultColumn<TResult>> column) => name == null ? [] : [column(name)];

    public static ResultColumn<TResult> Text(string name, Func<TResult, string> part) => new Scalar<ReadOnlyMemory<char>>(
        name, TextDataViewType.Instance, result => part(result).AsMemory());

    public static ResultColumn<TResult> Single(string name, Func<TResult, float> part) => new Scalar<float>(name, NumberDataViewType.Single, part);

    /// <summary>A vector of Single, of another size in every row where none is given.</summary>
    public static ResultColumn<TResult> Vector(string name, Func<TResult, float[]> part, int size = 0, DataViewSchema.Annotations? annotations = null) =>
        new Elements<float>(name, new VectorDataViewType(NumberDataViewType.Single, size), part, annotations);

    /// <summary>A vector of texts, of another size in every row.</summary>
    public static ResultColumn<TResult> Texts(string name, Func<TResult, IReadOnlyList<string>> part) => new Elements<ReadOnlyMemory<char>>(
        name, new VectorDataViewType(TextDataViewType.Instance), result => [.. part(result).Select(text => text.AsMemory())]);

    sealed class Scalar<T>(string name, DataViewType type, Func<TResult, T> part) : ResultColumn<TResult>(name, type)
    {
        public override Delegate CreateGetter(Func<TResult> result) => (ValueGetter<T>)((ref T value) => value = part(result()));
    }

    // A consumer owns the vector that it gets and may change it, so values are copied out.
    sealed class Elements<T>(string name, VectorDataViewType type, Func<TResult, T[]> part, DataViewSchema.Annotations? annotations = null)
        : ResultColumn<TResult>(name, type, annotations)
    {
        public override Delegate CreateGetter(Func<TResult> result) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            var values = part(result());
            var editor = VBufferEditor.Create(ref value, values.Length);
            values.CopyTo(editor.Values);
            value = editor.Commit();
        });
    }
}
