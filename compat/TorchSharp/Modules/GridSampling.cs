using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor affine_grid(Tensor theta, long[] size = null, bool align_corners = false) =>
                Call("affine_grid_generator", theta, size, align_corners);

            // The numbers of libtorch's own enumerations differ from those here.
            public static Tensor grid_sample(Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null) =>
                Call("grid_sampler", input, grid, mode == GridSampleMode.Bilinear ? 0L : 1L, padding_mode switch
                {
                    GridSamplePaddingMode.Border => 1L,
                    GridSamplePaddingMode.Reflection => 2L,
                    _ => 0L,
                }, align_corners ?? false);
        }
    }
}
