using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor narrow(long dim, long start, long length) => Call("narrow", this, dim, start, length);
        public Tensor select(long dim, long index) => Call("select.int", this, dim, index);
        public Tensor slice(long dim, long start, long finish, long step) => Call("slice.Tensor", this, dim, start, finish, step);
        public Tensor gather(long dim, Tensor index) => Call("gather", this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => Call("scatter.src", this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => Update("scatter_.src", this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => Call("scatter_add", this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Update("scatter_add_", this, dim, index, src);
        public Tensor index_select(long dim, Tensor index) => Call("index_select", this, dim, index);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => Call("index_add", this, dim, index, source, alpha);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Update("index_add_", this, dim, index, source, alpha);
        public Tensor index_copy(long dim, Tensor index, Tensor source) => Call("index_copy", this, dim, index, source);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => Update("index_copy_", this, dim, index, source);
        public Tensor index_fill(long dim, Tensor index, Scalar value) => Call("index_fill.int_Scalar", this, dim, index, value);
        public Tensor index_fill_(long dim, Tensor index, Scalar value) => Update("index_fill_.int_Scalar", this, dim, index, value);
        public Tensor take(Tensor index) => Call("take", this, index);
        public Tensor take_along_dim(Tensor indices) => Call("take_along_dim", this, indices);
        public Tensor take_along_dim(Tensor indices, long dim) => Call("take_along_dim", this, indices, dim);

        public Tensor index(params Tensor[] indices) => Call("index.Tensor", this, indices);
        public Tensor index_put_(Tensor value, params Tensor[] indices) => Update("index_put_", this, indices, value);
        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(Number(value), indices);

        public Tensor index(params TensorIndex[] indices) => Read(indices);
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => Write(indices, value);
        public Tensor index_put_(Scalar value, params TensorIndex[] indices) => Write(indices, Number(value));

        Tensor Number(Scalar value) => Call("scalar_tensor", value, dtype, Arg.Default, device);

        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => Read(indices);
            set => Write(indices, value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => Read(Singles(indices));
            set => Write(Singles(indices), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => Read([TensorIndex.Single(i1)]);
            set => Write([TensorIndex.Single(i1)], value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => Read(Singles([i1, i2]));
            set => Write(Singles([i1, i2]), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => Read(Singles([i1, i2, i3]));
            set => Write(Singles([i1, i2, i3]), value);
        }

        [IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => Read(Singles([i1, i2, i3, i4]));
            set => Write(Singles([i1, i2, i3, i4]), value);
        }

        static TensorIndex[] Singles(long[] indices) => Array.ConvertAll(indices, i => TensorIndex.Single(i));

        Tensor Read(TensorIndex[] indices)
        {
            var (view, picks) = Select(indices);
            if (picks is not null) return view.index(picks);
            return ReferenceEquals(view, this) ? alias() : view;
        }

        Tensor Write(TensorIndex[] indices, Tensor value)
        {
            var (view, picks) = Select(indices);
            if (value.device_type != device_type && value.ndim == 0) value = value.to(device);
            if (picks is not null) view.index_put_(value, picks);
            else view.copy_(Fit(value, view.ndim));
            return this;
        }

        /// <summary>Leading dimensions of size one that the target lacks do not count, as in Python.</summary>
        static Tensor Fit(Tensor value, long dimensions)
        {
            while (value.ndim > dimensions && value.size(0) == 1) value = value.squeeze(0);
            return value;
        }

        /// <summary>What numbers, ranges, new axes and ellipses select is a view; index tensors are then looked up in that view.</summary>
        (Tensor view, Tensor[] picks) Select(TensorIndex[] indices)
        {
            var view = this;
            var picks = new List<Tensor>();
            var named = 0L;
            foreach (var index in indices) named += index.Consumes;
            if (named > ndim) throw new ExternalException($"too many indices for tensor of dimension {ndim}");
            var any = false;
            var dim = 0;
            foreach (var index in indices)
                switch (index.kind)
                {
                    case TensorIndex.Kind.Single:
                        view = view.select(dim, index.start ?? 0);
                        break;
                    case TensorIndex.Kind.Slice:
                        view = Call("slice.Tensor", view, dim++, index.start, index.stop, index.step ?? 1);
                        picks.Add(null);
                        break;
                    case TensorIndex.Kind.NewAxis:
                        view = view.unsqueeze(dim++);
                        picks.Add(null);
                        break;
                    case TensorIndex.Kind.Bool:
                        view = view.unsqueeze(dim++);
                        picks.Add(tensor(index.start != 0).to(device).reshape(1));
                        any = true;
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        for (var k = named; k < ndim; k++, dim++) picks.Add(null);
                        break;
                    case TensorIndex.Kind.Tensor:
                        picks.Add(index.tensor);
                        dim += (int)index.Consumes;
                        any = true;
                        break;
                }
            return (view, any ? picks.ToArray() : null);
        }
    }
}
