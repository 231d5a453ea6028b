using System;
using TorchSharp.Utils;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>y = x Wᵀ + b over the last dimension.</summary>
        public sealed class Linear : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "weight")] Parameter w;
            [ComponentName(Name = "bias")] Parameter b;

            internal Linear(long inputSize, long outputSize, bool hasBias) : base(nameof(Linear))
            {
                w = nn.init.Fresh(outputSize, inputSize);
                if (hasBias) b = nn.init.Fresh(outputSize);
                nn.init.ByFanIn(w, b);
                RegisterComponents();
            }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, w, b);
        }

        public sealed class Identity : nn.Module<Tensor, Tensor>
        {
            internal Identity() : base(nameof(Identity)) { }

            public override Tensor forward(Tensor tensor) => tensor.alias();
        }

        public sealed class Flatten : nn.Module<Tensor, Tensor>
        {
            readonly long startDim, endDim;

            internal Flatten(long startDim, long endDim) : base(nameof(Flatten)) => (this.startDim, this.endDim) = (startDim, endDim);

            public override Tensor forward(Tensor tensor) => tensor.flatten(startDim, endDim);
        }

        public sealed class Unflatten : nn.Module<Tensor, Tensor>
        {
            readonly long dim;
            readonly long[] sizes;

            internal Unflatten(long dim, long[] sizes) : base(nameof(Unflatten)) => (this.dim, this.sizes) = (dim, sizes);

            public override Tensor forward(Tensor tensor) => tensor.unflatten(dim, sizes);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device device = null,
                ScalarType? dtype = null) =>
                new Linear(inputSize, outputSize, hasBias).MoveModule<Linear>(device, dtype);

            public static Identity Identity() => new();

            public static Flatten Flatten(long startDim = 1, long endDim = -1) => new(startDim, endDim);

            public static Unflatten Unflatten(long dim, long[] unflattenedSize) => new(dim, unflattenedSize);

            public static partial class functional
            {
                public static Tensor linear(Tensor input, Tensor weights, Tensor bias = null) => Call("linear", input, weights, bias);

                public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor bias = null) =>
                    Call("bilinear", input1, input2, weight, bias);
            }
        }
    }
}
