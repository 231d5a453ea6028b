using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        public sealed class ReLU : nn.Module<Tensor, Tensor>
        {
            readonly bool inplace;

            internal ReLU(bool inplace) : base(nameof(ReLU)) => this.inplace = inplace;

            public override Tensor forward(Tensor tensor) => inplace ? Call("relu_", tensor) : Call("relu", tensor);
        }

        public sealed class ReLU6 : nn.Module<Tensor, Tensor>
        {
            readonly bool inplace;

            internal ReLU6(bool inplace) : base(nameof(ReLU6)) => this.inplace = inplace;

            public override Tensor forward(Tensor tensor) => inplace ? Call("relu6_", tensor) : Call("relu6", tensor);
        }

        public sealed class LeakyReLU : nn.Module<Tensor, Tensor>
        {
            readonly double negative_slope;
            readonly bool inplace;

            internal LeakyReLU(double negative_slope, bool inplace) : base(nameof(LeakyReLU)) =>
                (this.negative_slope, this.inplace) = (negative_slope, inplace);

            public override Tensor forward(Tensor tensor) => Call(inplace ? "leaky_relu_" : "leaky_relu", tensor, negative_slope);
        }

        public sealed class ELU : nn.Module<Tensor, Tensor>
        {
            readonly double alpha;
            readonly bool inplace;

            internal ELU(double alpha, bool inplace) : base(nameof(ELU)) => (this.alpha, this.inplace) = (alpha, inplace);

            public override Tensor forward(Tensor tensor) => Call(inplace ? "elu_" : "elu", tensor, alpha);
        }

        public sealed class GELU : nn.Module<Tensor, Tensor>
        {
            internal GELU() : base(nameof(GELU)) { }

            public override Tensor forward(Tensor tensor) => Call("gelu", tensor);
        }

        public sealed class SiLU : nn.Module<Tensor, Tensor>
        {
            internal SiLU() : base(nameof(SiLU)) { }

            public override Tensor forward(Tensor tensor) => Call("silu", tensor);
        }

        public sealed class Tanh : nn.Module<Tensor, Tensor>
        {
            internal Tanh() : base(nameof(Tanh)) { }

            public override Tensor forward(Tensor tensor) => Call("tanh", tensor);
        }

        public sealed class Sigmoid : nn.Module<Tensor, Tensor>
        {
            internal Sigmoid() : base(nameof(Sigmoid)) { }

            public override Tensor forward(Tensor tensor) => Call("sigmoid", tensor);
        }

        public sealed class Softplus : nn.Module<Tensor, Tensor>
        {
            readonly double beta;
            readonly double threshold;

            internal Softplus(double beta, double threshold) : base(nameof(Softplus)) => (this.beta, this.threshold) = (beta, threshold);

            public override Tensor forward(Tensor tensor) => Call("softplus", tensor, beta, threshold);
        }

        public sealed class LogSigmoid : nn.Module<Tensor, Tensor>
        {
            internal LogSigmoid() : base(nameof(LogSigmoid)) { }

            public override Tensor forward(Tensor tensor) => Call("log_sigmoid", tensor);
        }

        public sealed class Softmax : nn.Module<Tensor, Tensor>
        {
            readonly long dim;

            internal Softmax(long dim) : base(nameof(Softmax)) => this.dim = dim;

            public override Tensor forward(Tensor tensor) => Call("softmax.int", tensor, dim);
        }

        public sealed class LogSoftmax : nn.Module<Tensor, Tensor>
        {
            readonly long dim;

            internal LogSoftmax(long dim) : base(nameof(LogSoftmax)) => this.dim = dim;

            public override Tensor forward(Tensor tensor) => Call("log_softmax.int", tensor, dim);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU ReLU(bool inplace = false) => new(inplace);
            public static ReLU6 ReLU6(bool inplace = false) => new(inplace);
            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);
            public static ELU ELU(double alpha = 1, bool inplace = false) => new(alpha, inplace);
            public static GELU GELU() => new();
            public static SiLU SiLU() => new();
            public static Tanh Tanh() => new();
            public static Sigmoid Sigmoid() => new();
            public static Softplus Softplus(double beta = 1, double threshold = 20) => new(beta, threshold);
            public static LogSigmoid LogSigmoid() => new();
            public static Softmax Softmax(long dim) => new(dim);
            public static LogSoftmax LogSoftmax(long dim) => new(dim);

            public static partial class functional
            {
                public static Tensor relu(Tensor x, bool inplace = false) => inplace ? Call("relu_", x) : Call("relu", x);
                public static Tensor relu6(Tensor x, bool inplace = false) => inplace ? Call("relu6_", x) : Call("relu6", x);
                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                    Call(inplace ? "leaky_relu_" : "leaky_relu", input, negative_slope);
                public static Tensor elu(Tensor x, double alpha, bool inplace = false) => Call(inplace ? "elu_" : "elu", x, alpha);
                public static Tensor gelu(Tensor x) => Call("gelu", x);
                public static Tensor sigmoid(Tensor x) => Call("sigmoid", x);
                public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Call("softplus", x, beta, threshold);
                public static Tensor logsigmoid(Tensor x) => Call("log_sigmoid", x);
                public static Tensor log_softmax(Tensor x, long dim) => Call("log_softmax.int", x, dim);
                public static Tensor tanh(Tensor x, bool inplace = false) => Call(inplace ? "tanh_" : "tanh", x);
                public static Tensor silu(Tensor x, bool inplace = false) => Call(inplace ? "silu_" : "silu", x);
                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => Call("softmax.int", input, dim, dtype);
                public static Tensor softmin(Tensor x, long dim) => softmax(-x, dim);
                public static Tensor selu(Tensor x, bool inplace = false) => Call(inplace ? "selu_" : "selu", x);
                public static Tensor hardsigmoid(Tensor input, bool inplace = false) =>
                    Call(inplace ? "hardsigmoid_" : "hardsigmoid", input);
                public static Tensor hardswish(Tensor input, bool inplace = false) => Call(inplace ? "hardswish_" : "hardswish", input);
                public static Tensor glu(Tensor input, long dim = -1) => Call("glu", input, dim);
                public static Tensor one_hot(Tensor x, long num_classes = -1) => Call("one_hot", x, num_classes);
            }
        }
    }
}
