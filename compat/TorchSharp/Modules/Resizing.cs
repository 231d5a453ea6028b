using System;
using System.Linq;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        public sealed class Upsample : nn.Module<Tensor, Tensor>
        {
            readonly long[] sizes;
            readonly double[] factors;

            internal Upsample(long[] size, double[] factors, UpsampleMode mode, bool? alignCorners) : base(nameof(Upsample)) =>
                (sizes, this.factors, this.mode, align_corners) = (size, factors, mode, alignCorners);

            public ReadOnlySpan<long> size => sizes;

            public ReadOnlySpan<double> scale_factor => factors;

            public UpsampleMode mode { get; }

            public bool? align_corners { get; }

            public override Tensor forward(Tensor tensor) =>
                nn.functional.interpolate(tensor, sizes, factors, (InterpolationMode)mode, align_corners);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Upsample Upsample(long[] size = null, double[] scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest,
                bool? align_corners = null) =>
                new(size, scale_factor, mode, align_corners);

            public static partial class functional
            {
                public static Tensor interpolate(Tensor x, long[] size = null, double[] scale_factor = null,
                    InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null, bool recompute_scale_factor = false)
                {
                    if ((size is null) == (scale_factor is null)) throw new ArgumentException("interpolate needs either size or scale_factor, and not both");
                    var spatial = (int)x.ndim - 2;
                    if ((size?.Length ?? scale_factor.Length) != spatial)
                        throw new ArgumentException($"interpolate needs one size or scale_factor for each of the {spatial} spatial dimensions");
                    if (scale_factor is not null && (recompute_scale_factor || mode == InterpolationMode.Area))
                    {
                        size = x.shape.Skip(2).Zip(scale_factor, (length, factor) => (long)Math.Floor(length * factor)).ToArray();
                        scale_factor = null;
                    }
                    return mode switch
                    {
                        InterpolationMode.Nearest => Call($"upsample_nearest{spatial}d.vec", x, size, scale_factor),
                        InterpolationMode.Area => Call($"adaptive_avg_pool{spatial}d", x, size),
                        InterpolationMode.Linear => Call("upsample_linear1d.vec", x, size, align_corners ?? false, scale_factor),
                        InterpolationMode.Bilinear => Call("upsample_bilinear2d.vec", x, size, align_corners ?? false, scale_factor),
                        InterpolationMode.Bicubic => Call("upsample_bicubic2d.vec", x, size, align_corners ?? false, scale_factor),
                        _ => Call("upsample_trilinear3d.vec", x, size, align_corners ?? false, scale_factor),
                    };
                }

                static string Name(PaddingModes mode) => mode switch
                {
                    PaddingModes.Reflect => "reflect",
                    PaddingModes.Replicate => "replicate",
                    PaddingModes.Circular => "circular",
                    _ => "constant",
                };

                public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                    Call("pad", input, pad, Name(mode), mode is PaddingModes.Constant or PaddingModes.Zeros ? value : default(Arg));

                public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant,
                    double value = 0) =>
                    functional.pad(input, pad.ToArray(), mode, value);

                public static Tensor pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                    functional.pad(input, Enumerable.Repeat(pad, 2 * (int)input.ndim).ToArray(), mode, value);

                public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                    functional.pad(input, [pad.Item1, pad.Item2], mode, value);

                public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant,
                    double value = 0) =>
                    functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);
            }
        }
    }
}
