using System;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Transposed convolutions of single-precision images on the CPU, faster than libtorch's own.</summary>
static class TransposedConvolution
{
    /// <summary>Whether it applies. What libtorch would refuse is left to it.</summary>
    internal static bool Applies(Tensor input, Tensor weight, Tensor bias, long[] stride, long[] outputPadding, long[] dilation, long groups) =>
        groups == 1 && stride.Length == 2 && outputPadding.Length == 2 && dilation.Length == 2
        && outputPadding[0] < Math.Max(stride[0], dilation[0]) && outputPadding[1] < Math.Max(stride[1], dilation[1])
        && input.ndim == 4 && weight.ndim == 4 && input.numel() > 0 && input.size(1) == weight.size(0)
        && IsSingleOnCpu(input) && IsSingleOnCpu(weight)
        && (bias is null || bias.ndim == 1 && bias.size(0) == weight.size(1) && IsSingleOnCpu(bias));

    static bool IsSingleOnCpu(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;

    /// <param name="input">[rows, channels in, height, width]</param>
    /// <param name="weight">[channels in, channels out, kernel height, kernel width]</param>
    /// <param name="bias">[channels out], or null.</param>
    internal static unsafe Tensor Call(Tensor input, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] outputPadding,
        long[] dilation)
    {
        nint handle;
        fixed (long* sizes = (long[])[.. stride, .. padding, .. outputPadding, .. dilation])
            Native.Check(Native.ts_conv_transpose2d(input.Handle, weight.Handle, sizes, &handle));
        GC.KeepAlive(input);
        GC.KeepAlive(weight);
        var result = new Tensor(handle);
        if (bias is null) return result;
        using var perChannel = bias.view(1, -1, 1, 1);
        return result.add_(perChannel);
    }
}
