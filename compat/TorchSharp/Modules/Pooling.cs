using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        public sealed class MaxPool1d : nn.Module<Tensor, Tensor>
        {
            readonly long kernel;
            readonly long? stride, padding, dilation;
            readonly bool ceil;

            internal MaxPool1d(long kernel, long? stride, long? padding, long? dilation, bool ceil) : base(nameof(MaxPool1d)) =>
                (this.kernel, this.stride, this.padding, this.dilation, this.ceil) = (kernel, stride, padding, dilation, ceil);

            public override Tensor forward(Tensor tensor) => nn.functional.max_pool1d(tensor, kernel, stride, padding, dilation, ceil);
        }

        public sealed class MaxPool2d : nn.Module<Tensor, Tensor>
        {
            readonly long[] kernel, stride, padding, dilation;
            readonly bool ceil;

            internal MaxPool2d(long[] kernel, long[] stride, long[] padding, long[] dilation, bool ceil) : base(nameof(MaxPool2d)) =>
                (this.kernel, this.stride, this.padding, this.dilation, this.ceil) = (kernel, stride, padding, dilation, ceil);

            public override Tensor forward(Tensor tensor) => nn.functional.max_pool2d(tensor, kernel, stride, padding, dilation, ceil);

            public (Tensor Values, Tensor Indices) forward_with_indices(Tensor tensor) =>
                nn.functional.max_pool2d_with_indices(tensor, kernel, stride, padding, dilation, ceil);
        }

        public sealed class AvgPool2d : nn.Module<Tensor, Tensor>
        {
            readonly long[] kernel, stride, padding;
            readonly bool ceil, countPadding;
            readonly long? divisor;

            internal AvgPool2d(long[] kernel, long[] stride, long[] padding, bool ceil, bool countPadding,
                long? divisor) : base(nameof(AvgPool2d)) =>
                (this.kernel, this.stride, this.padding, this.ceil, this.countPadding, this.divisor) = (kernel, stride, padding, ceil,
                    countPadding, divisor);

            public override Tensor forward(Tensor tensor) =>
                Call("avg_pool2d", tensor, kernel, stride ?? [], padding ?? [0, 0], ceil, countPadding, divisor);
        }

        public sealed class AdaptiveAvgPool2d : nn.Module<Tensor, Tensor>
        {
            readonly long[] size;

            internal AdaptiveAvgPool2d(long[] size) : base(nameof(AdaptiveAvgPool2d)) => this.size = size;

            public override Tensor forward(Tensor tensor) => nn.functional.adaptive_avg_pool2d(tensor, size);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            static long[] Pair(long? length) => length is { } l ? [l, l] : null;
            static long[] Pair((long, long)? lengths) => lengths is { } l ? [l.Item1, l.Item2] : null;

            public static MaxPool1d MaxPool1d(long kernelSize, long? stride = null, long? padding = null, long? dilation = null,
                bool ceilMode = false) =>
                new(kernelSize, stride, padding, dilation, ceilMode);

            public static MaxPool2d MaxPool2d(long kernelSize, long? stride = null, long? padding = null, long? dilation = null,
                bool ceilMode = false) =>
                new(Pair(kernelSize), Pair(stride), Pair(padding), Pair(dilation), ceilMode);
            public static MaxPool2d MaxPool2d((long, long) kernelSize, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, bool ceilMode = false) =>
                new(Pair(kernelSize), Pair(stride), Pair(padding), Pair(dilation), ceilMode);
            public static MaxPool2d MaxPool2d(long[] kernelSize, long[] strides = null, long[] padding = null, long[] dilation = null,
                bool ceilMode = false) =>
                new(kernelSize, strides, padding, dilation, ceilMode);

            public static AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                new(Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);
            public static AvgPool2d AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(Pair(kernel_size), Pair(stride), Pair(padding), ceil_mode, count_include_pad, divisor_override);
            public static AvgPool2d AvgPool2d(long[] kernel_size, long[] strides = null, long[] padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, strides, padding, ceil_mode, count_include_pad, divisor_override);

            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long outputSize) => new([outputSize, outputSize]);
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) outputSize) => new([outputSize.Item1, outputSize.Item2]);
            public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] outputSize) => new(outputSize);

            public static partial class functional
            {
                public static Tensor max_pool1d(Tensor input, long kernelSize, long? stride = null, long? padding = null,
                    long? dilation = null, bool ceil_mode = false) =>
                    Call("max_pool1d", input, kernelSize, stride ?? kernelSize, padding ?? 0, dilation ?? 1, ceil_mode);

                public static Tensor max_pool2d(Tensor input, long[] kernelSize, long[] strides = null, long[] padding = null,
                    long[] dilation = null, bool ceil_mode = false) =>
                    Call("max_pool2d", input, kernelSize, strides ?? [], padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

                public static (Tensor output, Tensor indices) max_pool2d_with_indices(Tensor input, long[] kernelSize,
                    long[] strides = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false) =>
                    Call2("max_pool2d_with_indices", input, kernelSize, strides ?? [], padding ?? [0, 0], dilation ?? [1, 1], ceil_mode);

                public static Tensor avg_pool2d(Tensor input, long[] kernelSizes, long[] strides = null, long[] paddings = null,
                    bool ceil_mode = false, bool count_include_pad = true) =>
                    Call("avg_pool2d", input, kernelSizes, strides ?? [], paddings ?? [0, 0], ceil_mode, count_include_pad);

                public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                    Call("adaptive_avg_pool2d", input, output_size);

                public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                    adaptive_avg_pool2d(input, [output_size.Item1, output_size.Item2]);
            }
        }
    }
}
