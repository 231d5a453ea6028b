using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A convolution that halves, doubles or keeps the size of an image, with normalisation on request and its activation. It computes in the
/// type of its weights whatever that of its input: bfloat16 gains nothing here. Its weights come from a seed, never from the global generator.
/// </summary>
sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>, IOnnxLayer
{
    readonly (int Height, int Width) from, to;
    readonly Upsampling? up;
    readonly Activation activation;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight;
    Parameter? bias;
    readonly BatchNormalization? normalization;

    /// <param name="channels">Channels in and out.</param>
    /// <param name="from">Height and width in.</param>
    /// <param name="to">Height and width out: half of <paramref name="from"/> rounded up, or the other way round, or the same.</param>
    /// <param name="kernelSize">Odd.</param>
    /// <param name="up">How it doubles; <see langword="null"/> where it halves or keeps the size.</param>
    /// <param name="normalized">Whether it is normalised over the batch.</param>
    /// <param name="activation">What follows.</param>
    /// <param name="random">Where weights and bias come from: uniform within plus or minus one over the square root of the number of values
    /// that each output sums up. <see langword="null"/> for zeros.</param>
    internal ConvolutionLayer((int In, int Out) channels, (int, int) from, (int, int) to, int kernelSize, Upsampling? up, bool normalized,
        Activation activation, SeededRandom? random) : base(nameof(ConvolutionLayer))
    {
        (this.from, this.to, this.up, this.activation) = (from, to, up, activation);
        bool transposed = up == Upsampling.TransposedConvolution;
        double taps = (double)kernelSize * kernelSize / (transposed ? 4 : 1);
        double bound = 1 / Math.Sqrt(channels.In * taps);
        var (first, second) = transposed ? (channels.In, channels.Out) : (channels.Out, channels.In);
        weight = new Parameter(Draw([first, second, kernelSize, kernelSize]));
        weight.DetachFromDisposeScope();
        if (normalized)
        {
            normalization = new BatchNormalization(channels.Out);
        }
        else
        {
            bias = new Parameter(Draw([channels.Out]));
            bias.DetachFromDisposeScope();
        }
        RegisterComponents();

        Tensor Draw(long[] shape) => random?.Uniform(shape, bound) ?? zeros(shape, dtype: ScalarType.Float32);
    }

    /// <summary>Its normalization over the batch, where there is one.</summary>
    internal BatchNormalization? Normalization => normalization;

    /// <param name="x">[rows, channels in, height, width]</param>
    /// <returns>[rows, channels out, height, width]</returns>
    public override Tensor forward(Tensor x)
    {
        var type = x.dtype;
        long padding = weight.shape[2] / 2;
        x = x.to(weight.dtype);
        x = up switch
        {
            null => nn.functional.conv2d(x, weight, bias, from == to ? [1, 1] : [2, 2], [padding, padding]),
            // Twice the size is one too many for an odd one.
            Upsampling.TransposedConvolution => nn.functional.conv_transpose2d(x, weight, bias, [2, 2], [padding, padding],
                [to.Height - 2 * from.Height + 1, to.Width - 2 * from.Width + 1]),
            _ => nn.functional.conv2d(nn.functional.interpolate(x, [to.Height, to.Width]), weight, bias, [1, 1], [padding, padding]),
        };
        return activation.ApplyTo(normalization is null ? x : normalization.forward(x)).to(type);
    }

    public OnnxTensor forward(OnnxTensor x)
    {
        long padding = weight.shape[2] / 2;
        var pads = new OnnxAttribute("pads", new[] { padding, padding, padding, padding });
        var halving = new OnnxAttribute("strides", new[] { 2L, 2 });
        var graph = x.Graph;
        if (up == Upsampling.ResizeConvolution)
        {
            x = graph.Node("Resize", x.Type, [x, null, null, graph.Integers(to.Height, to.Width)], new("axes", new[] { 2L, 3 }),
                new("mode", "nearest"), new("coordinate_transformation_mode", "asymmetric"), new("nearest_mode", "floor"));
        }
        OnnxTensor?[] inputs = [x, graph.Weight(weight), bias is null ? null : graph.Weight(bias)];
        x = up == Upsampling.TransposedConvolution
            ? graph.Node("ConvTranspose", x.Type, inputs, pads, halving,
                new("output_padding", new long[] { to.Height - 2 * from.Height + 1, to.Width - 2 * from.Width + 1 }))
            : graph.Node("Conv", x.Type, inputs, up is null && from != to ? [pads, halving] : [pads]);
        return activation.Apply(normalization is null ? x : normalization.forward(x));
    }
}
