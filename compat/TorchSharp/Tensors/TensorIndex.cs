using System;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One place in an indexing expression: a number, a range, an ellipsis, a new axis, a Boolean or a tensor of indices.</summary>
    public readonly struct TensorIndex
    {
        internal enum Kind { NewAxis, Ellipsis, Single, Slice, Bool, Tensor }

        internal readonly Kind kind;
        internal readonly long? start, stop, step;
        internal readonly Tensor tensor;

        TensorIndex(Kind kind, long? start = null, long? stop = null, long? step = null, Tensor tensor = null) =>
            (this.kind, this.start, this.stop, this.step, this.tensor) = (kind, start, stop, step, tensor);

        /// <summary>Dimensions of the indexed tensor that this uses up.</summary>
        internal long Consumes => kind switch
        {
            Kind.Single or Kind.Slice => 1,
            Kind.Tensor => tensor.dtype is ScalarType.Bool or ScalarType.Byte ? tensor.ndim : 1,
            _ => 0,
        };

        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);
        public static readonly TensorIndex None = new(Kind.NewAxis);
        public static readonly TensorIndex Null = new(Kind.NewAxis);
        public static readonly TensorIndex Colon = new(Kind.Slice);

        public static TensorIndex Single(long? index) => index is null ? Null : new(Kind.Single, index);
        public static TensorIndex Bool(bool value) => new(Kind.Bool, value ? 1 : 0);
        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, tensor: tensor);
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(Kind.Slice, start, stop, step);
        public static TensorIndex Slice((int?, int?) range) => new(Kind.Slice, range.Item1, range.Item2);
        public static TensorIndex Slice(Range range) => range;

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);
        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);
    }
}
