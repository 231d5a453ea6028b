using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A gated layer of both stacks (van den Oord et al. 2016, figure 2). Its kernels lie wholly above and left of the pixel, so that nothing needs to
/// be masked; where the input has to be padded is told by the caller, who may also compute a line or a pixel alone.
/// </summary>
sealed class PixelLayer : nn.Module
{
    readonly int filters;
    readonly bool first;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter vertical, verticalBias, across, horizontal, horizontalBias, output, outputBias;
    readonly DenseLayer? condition;

    /// <param name="channels">Channels in.</param>
    /// <param name="filters">Feature maps out, of each stack.</param>
    /// <param name="kernelSize">Odd.</param>
    /// <param name="first">Whether its input is the image itself, of which the pixel must not be seen, nor its line by the vertical stack.</param>
    /// <param name="classes">Classes that it is told; 0 for none.</param>
    /// <param name="random">Where the first weights come from.</param>
    internal PixelLayer(int channels, int filters, int kernelSize, bool first, int classes, SeededRandom random) : base(nameof(PixelLayer))
    {
        (this.filters, this.first, KernelSize) = (filters, first, kernelSize);
        (vertical, verticalBias) = Convolution(2 * filters, channels, Reach, kernelSize);
        (across, var unused) = Convolution(2 * filters, 2 * filters, 1, 1);
        unused.Dispose(); // What it leads to has a bias of its own.
        (horizontal, horizontalBias) = Convolution(2 * filters, channels, 1, Reach);
        (output, outputBias) = Convolution(filters, filters, 1, 1);
        if (classes > 0) condition = new DenseLayer(classes, 4 * filters, Activation.Identity, random);
        RegisterComponents();

        (Parameter, Parameter) Convolution(long maps, long from, long height, long width)
        {
            double bound = 1 / Math.Sqrt(from * height * width);
            var (weight, bias) = (new Parameter(random.Uniform([maps, from, height, width], bound)), new Parameter(random.Uniform([maps], bound)));
            weight.DetachFromDisposeScope();
            bias.DetachFromDisposeScope();
            return (weight, bias);
        }
    }

    internal static long CountValues(long channels, long filters, long kernelSize, long classes)
    {
        checked
        {
            long reach = (kernelSize + 1) / 2;
            return 2 * filters * (channels * reach * kernelSize + 1) + 4 * filters * filters + 2 * filters * (channels * reach + 1)
                + filters * (filters + 1) + (classes > 0 ? 4 * filters * (classes + 1) : 0);
        }
    }

    internal int KernelSize { get; }

    /// <summary>Lines that the vertical kernel spans, and pixels that the horizontal one does.</summary>
    internal int Reach => (KernelSize + 1) / 2;

    /// <summary>How many of these come before the line or pixel itself, which the first layer does not see.</summary>
    internal int Before => first ? Reach : Reach - 1;

    /// <summary>What the class adds to both stacks before their gates.</summary>
    /// <param name="classes">[rows, classes] indicators, or <see langword="null"/>.</param>
    /// <returns>[rows, 4 filters, 1, 1], or <see langword="null"/>.</returns>
    internal Tensor? Condition(Tensor? classes) => classes is null ? null : condition!.forward(classes).unsqueeze(2).unsqueeze(3);

    /// <param name="window">[rows, channels, lines + reach - 1, pixels + kernel size - 1], padded.</param>
    /// <param name="bias">What <see cref="Condition"/> gave.</param>
    /// <returns>The stack's output, [rows, filters, lines, pixels], and what the horizontal stack is to add, [rows, 2 filters, lines,
    /// pixels].</returns>
    internal (Tensor Output, Tensor Across) Vertical(Tensor window, Tensor? bias)
    {
        var maps = nn.functional.conv2d(window, vertical, verticalBias);
        return (Gate(maps, bias?.narrow(1, 0, 2 * filters)), nn.functional.conv2d(maps, across));
    }

    /// <param name="window">[rows, channels, lines, pixels + reach - 1], padded.</param>
    /// <param name="fromAbove">What <see cref="Vertical"/> gave.</param>
    /// <param name="bias">What <see cref="Condition"/> gave.</param>
    /// <param name="residual">The stack's input at the same pixels, to which the layer adds; <see langword="null"/> in the first layer.</param>
    /// <returns>[rows, filters, lines, pixels]</returns>
    internal Tensor Horizontal(Tensor window, Tensor fromAbove, Tensor? bias, Tensor? residual)
    {
        var maps = nn.functional.conv2d(window, horizontal, horizontalBias) + fromAbove;
        var result = nn.functional.conv2d(Gate(maps, bias?.narrow(1, 2 * filters, 2 * filters)), output, outputBias);
        return residual is null ? result : result + residual;
    }

    Tensor Gate(Tensor maps, Tensor? bias)
    {
        if (bias is not null) maps = maps + bias;
        return maps.narrow(1, 0, filters).tanh() * maps.narrow(1, filters, filters).sigmoid();
    }
}
