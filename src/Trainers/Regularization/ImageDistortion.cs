using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Extensions.ML.Trainers;

/// <summary>
/// Random affine maps of images, one for each image and step: turned, scaled, sheared and moved (Simard et al., "Best Practices for
/// Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR 2003, section 2; as a corruption that an autoencoder has to
/// undo, after Vincent et al. 2010). Each amount is uniform up to its limit to either side. Pixels from outside repeat the border.
/// </summary>
public sealed record ImageDistortion
{
    /// <summary>Degrees that an image is turned by at most, 0 to 180. Default 17.</summary>
    public double Rotation { get; init => field = UpTo(180, value); } = 17;

    /// <summary>Share of height and width that an image is moved by at most, 0 to 1. Default 0.1.</summary>
    public double Shift { get; init => field = UpTo(1, value); } = 0.1;

    /// <summary>Share that an image is made larger or smaller by at most, 0 to 0.9. Default 0.15.</summary>
    public double Scaling { get; init => field = UpTo(0.9, value); } = 0.15;

    /// <summary>Pixels that a line is moved by at most against the next one, 0 to 1. Default 0.3.</summary>
    public double Shear { get; init => field = UpTo(1, value); } = 0.3;

    /// <summary>Distorted copies of images in rows.</summary>
    /// <param name="rows">[rows, channels x height x width]</param>
    /// <param name="shape">The shape of an image.</param>
    /// <returns>[rows, channels x height x width]</returns>
    internal Tensor Apply(Tensor rows, ImageShape shape) => Apply(rows.reshape(-1, shape.Channels, shape.Height, shape.Width)).flatten(1);

    /// <summary>Distorted copies.</summary>
    /// <param name="images">[rows, channels, height, width]</param>
    /// <returns>[rows, channels, height, width]</returns>
    internal Tensor Apply(Tensor images)
    {
        long rows = images.shape[0];
        Tensor Uniform(double limit) => (rand(rows, dtype: images.dtype, device: images.device) * 2 - 1) * limit;

        var angle = Uniform(Rotation * Math.PI / 180);
        var scale = Uniform(Scaling) + 1;
        var (cosine, sine) = (angle.cos() * scale, angle.sin() * scale);
        // Coordinates run from -1 to 1, so that a share of the image counts twice.
        var maps = stack([cosine, sine + Uniform(Shear), Uniform(2 * Shift), -sine, cosine, Uniform(2 * Shift)], 1).view(rows, 2, 3);
        return functional.grid_sample(images, Grid(maps, images), GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }

    /// <summary>Where in an image each pixel comes from: what <c>functional.affine_grid</c> computes image by image, in one matrix
    /// product.</summary>
    /// <param name="maps">[rows, 2, 3]</param>
    /// <param name="images">[rows, channels, height, width]</param>
    /// <returns>Across and down, from -1 to 1: [rows, height, width, 2].</returns>
    internal static Tensor Grid(Tensor maps, Tensor images)
    {
        long rows = images.shape[0], height = images.shape[2], width = images.shape[3];
        // The middles of the pixels.
        Tensor Along(long pixels) => (arange(pixels, dtype: images.dtype, device: images.device) * 2 + 1) / pixels - 1;
        var places = stack([Along(width).expand(height, width), Along(height).unsqueeze(1).expand(height, width),
            ones(height, width, dtype: images.dtype, device: images.device)]).flatten(1); // [3, height x width]
        return maps.view(2 * rows, 3).matmul(places).view(rows, 2, height, width).permute(0, 2, 3, 1);
    }

    static double UpTo(double most, double value, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
        => value >= 0 && value <= most ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to {most}.");
}
