using System;
using System.Collections.Generic;
using TorchSharp.Utils;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>What convolutions have in common.</summary>
        public abstract class Convolution : nn.Module<Tensor, Tensor>
        {
            /// <summary>A convolution's form: numbers of channels, and lengths per spatial dimension. No padding means as much as keeps the size.</summary>
            internal readonly record struct Shape(bool Transposed, long Inputs, long Outputs, long[] Kernel, long[] Stride, long[] Padding,
                long[] OutputPadding, long[] Dilation, PaddingModes Mode, long Groups)
            {
                internal (Parameter weight, Parameter bias) Fresh(bool hasBias)
                {
                    long[] channels = Transposed ? [Inputs, Outputs / Groups] : [Outputs, Inputs / Groups];
                    var weight = nn.init.Fresh([.. channels, .. Kernel]);
                    var bias = hasBias ? nn.init.Fresh(Outputs) : null;
                    nn.init.ByFanIn(weight, bias);
                    return (weight, bias);
                }
            }

            protected long input_channels;
            [ComponentName(Name = "weight")] private protected Parameter w;
            [ComponentName(Name = "bias")] private protected Parameter b;
            readonly Shape shape;

            internal Convolution(string name, in Shape shape, bool hasBias) : base(name)
            {
                (this.shape, input_channels) = (shape, shape.Inputs);
                (w, b) = shape.Fresh(hasBias);
                RegisterComponents();
            }

            protected bool ValidateShape(Tensor input, long dimensions) =>
                (input.ndim == dimensions + 1 && input.size(0) == input_channels) || (input.ndim == dimensions + 2 && input.size(1) == input_channels);

            private protected Tensor Convolve(Tensor input)
            {
                var dimensions = shape.Kernel.Length;
                if (!ValidateShape(input, dimensions))
                    throw new ArgumentException(
                        $"Expected {dimensions + 1}D (unbatched) or {dimensions + 2}D (batched) input with {input_channels} channels to "
                        + $"{GetName()}.");
                if (shape.Mode is PaddingModes.Zeros or PaddingModes.Constant || shape.Transposed)
                    return shape.Padding is null
                        ? Call($"conv{dimensions}d.padding", input, w, b, shape.Stride, "same", shape.Dilation, shape.Groups)
                        : Convolve(input, shape.Padding);
                using var padded = nn.functional.pad(input, Around(), shape.Mode);
                return Convolve(padded, new long[dimensions]);
            }

            /// <summary>Lengths before and after, last dimension first.</summary>
            long[] Around()
            {
                var around = new List<long>();
                for (var d = shape.Kernel.Length - 1; d >= 0; d--)
                {
                    var total = shape.Padding is { } padding ? 2 * padding[d] : shape.Dilation[d] * (shape.Kernel[d] - 1);
                    around.Add(total / 2);
                    around.Add(total - total / 2);
                }
                return around.ToArray();
            }

            Tensor Convolve(Tensor input, long[] padding)
            {
                var batched = input.ndim == shape.Kernel.Length + 2;
                var batch = batched ? input : input.unsqueeze(0);
                var result = shape.Transposed
                    && TransposedConvolution.Applies(batch, w, b, shape.Stride, shape.OutputPadding, shape.Dilation, shape.Groups)
                    ? TransposedConvolution.Call(batch, w, b, shape.Stride, padding, shape.OutputPadding, shape.Dilation)
                    : Call("convolution", batch, w, b, shape.Stride, padding, shape.Dilation, shape.Transposed, shape.OutputPadding,
                        shape.Groups);
                return batched ? result : result.squeeze(0);
            }
        }

        public sealed class Conv1d : Convolution
        {
            internal Conv1d(in Shape shape, bool hasBias) : base(nameof(Conv1d), shape, hasBias) { }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public override Tensor forward(Tensor input) => Convolve(input);
        }

        public sealed class Conv2d : Convolution
        {
            internal Conv2d(in Shape shape, bool hasBias) : base(nameof(Conv2d), shape, hasBias) { }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public override Tensor forward(Tensor input) => Convolve(input);
        }

        public sealed class ConvTranspose1d : Convolution
        {
            internal ConvTranspose1d(in Shape shape, bool hasBias) : base(nameof(ConvTranspose1d), shape, hasBias) { }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public override Tensor forward(Tensor input) => Convolve(input);
        }

        public sealed class ConvTranspose2d : Convolution
        {
            internal ConvTranspose2d(in Shape shape, bool hasBias) : base(nameof(ConvTranspose2d), shape, hasBias) { }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public override Tensor forward(Tensor input) => Convolve(input);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            static long[] List((long, long)? pair, long missing = 1) => pair is { } p ? [p.Item1, p.Item2] : [missing, missing];

            public static Conv1d Conv1d(long in_channels, long out_channels, long kernelSize, long stride = 1, long padding = 0,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null,
                ScalarType? dtype = null) =>
                new Conv1d(new(false, in_channels, out_channels, [kernelSize], [stride], [padding], [0], [dilation], padding_mode, groups),
                    bias).MoveModule<Conv1d>(device, dtype);

            public static Conv1d Conv1d(long in_channels, long out_channels, long kernelSize, Padding padding, long stride = 1,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null,
                ScalarType? dtype = null) =>
                new Conv1d(new(false, in_channels, out_channels, [kernelSize], [stride], padding == Padding.Same ? null : [0], [0],
                    [dilation], padding_mode, groups), bias).MoveModule<Conv1d>(device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernelSize, long stride = 1, long padding = 0,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null,
                ScalarType? dtype = null) =>
                Conv2d(in_channels, out_channels, (kernelSize, kernelSize), (stride, stride), (padding, padding), (dilation, dilation),
                    padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernelSize, Padding padding, long stride = 1,
                long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device device = null,
                ScalarType? dtype = null) =>
                Conv2d(in_channels, out_channels, (kernelSize, kernelSize), padding, (stride, stride), (dilation, dilation), padding_mode,
                    groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernelSize, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new Conv2d(new(false, in_channels, out_channels, List(kernelSize), List(stride), List(padding, 0), [0, 0], List(dilation),
                    padding_mode, groups), bias).MoveModule<Conv2d>(device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernelSize, Padding padding,
                (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1,
                bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new Conv2d(new(false, in_channels, out_channels, List(kernelSize), List(stride), padding == Padding.Same ? null : [0, 0],
                    [0, 0], List(dilation), padding_mode, groups), bias).MoveModule<Conv2d>(device, dtype);

            public static ConvTranspose1d ConvTranspose1d(long in_channels, long out_channels, long kernelSize, long stride = 1,
                long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                new ConvTranspose1d(new(true, in_channels, out_channels, [kernelSize], [stride], [padding], [output_padding], [dilation],
                    padding_mode, groups), bias).MoveModule<ConvTranspose1d>(device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernelSize, long stride = 1,
                long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1, bool bias = true, Device device = null, ScalarType? dtype = null) =>
                ConvTranspose2d(in_channels, out_channels, (kernelSize, kernelSize), (stride, stride), (padding, padding),
                    (output_padding, output_padding), (dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernelSize,
                (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null,
                (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device device = null, ScalarType? dtype = null) =>
                new ConvTranspose2d(new(true, in_channels, out_channels, List(kernelSize), List(stride), List(padding, 0),
                    List(output_padding, 0), List(dilation), padding_mode, groups), bias).MoveModule<ConvTranspose2d>(device, dtype);

            public static partial class functional
            {
                public static Tensor conv1d(Tensor input, Tensor weight, Tensor bias = null, long? stride = null, long? padding = null,
                    long? dilation = null, long groups = 1) =>
                    Call("conv1d", input, weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);

                public static Tensor conv2d(Tensor input, Tensor weight, Tensor bias = null, long[] strides = null, long[] padding = null,
                    long[] dilation = null, long groups = 1) =>
                    Call("conv2d", input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

                public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor bias = null, long[] strides = null,
                    long[] padding = null, long[] output_padding = null, long[] dilation = null, long groups = 1)
                {
                    (strides, padding) = (strides ?? [1, 1], padding ?? [0, 0]);
                    (output_padding, dilation) = (output_padding ?? [0, 0], dilation ?? [1, 1]);
                    return TransposedConvolution.Applies(input, weight, bias, strides, output_padding, dilation, groups)
                        ? TransposedConvolution.Call(input, weight, bias, strides, padding, output_padding, dilation)
                        : Call("conv_transpose2d.input", input, weight, bias, strides, padding, output_padding, groups, dilation);
                }
            }
        }
    }
}
