using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="ConvolutionalNetwork"/>.</summary>
sealed class ConvolutionalAutoencoder : AutoencoderNetwork
{
    readonly ImageDistortion? distortion;
    readonly long[] image, narrow;
    readonly Sequential down;
    readonly DenseLayer toCode, fromCode;
    readonly Sequential up;

    /// <param name="design">Images that fit the rows.</param>
    /// <param name="architecture">Sizes and activations.</param>
    /// <param name="seed">Seed of the first weights.</param>
    internal ConvolutionalAutoencoder(ConvolutionalNetwork design, AutoencoderArchitecture architecture, int seed)
        : base(nameof(ConvolutionalAutoencoder), architecture.NetworkSize, architecture.CodeSize)
    {
        distortion = design.Distortion;
        var random = new SeededRandom(seed);
        var sizes = design.Sizes(InputSize);
        int[] channels = [design.Channels, .. design.Filters];
        var narrowing = new ConvolutionLayer[design.Filters.Count];
        for (int i = 0; i < narrowing.Length; i++)
            narrowing[i] = new ConvolutionLayer((channels[i], channels[i + 1]), sizes[i], sizes[i + 1], design.KernelSize, null,
                design.BatchNormalization, architecture.Activation, random);

        image = [-1, design.Channels, sizes[0].Height, sizes[0].Width];
        narrow = [-1, channels[^1], sizes[^1].Height, sizes[^1].Width];
        int features = checked(channels[^1] * sizes[^1].Height * sizes[^1].Width);
        toCode = new DenseLayer(features, CodeSize, design.CodeActivation, random);
        fromCode = new DenseLayer(CodeSize, features, architecture.Activation, random);

        var widening = new ConvolutionLayer[narrowing.Length];
        for (int i = widening.Length - 1; i >= 0; i--)
            widening[^(i + 1)] = new ConvolutionLayer((channels[i + 1], channels[i]), sizes[i + 1], sizes[i], design.KernelSize, design.Upsampling,
                design.BatchNormalization && i > 0, i > 0 ? architecture.Activation : architecture.OutputActivation, random);
        down = nn.Sequential(narrowing);
        up = nn.Sequential(widening);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor encode(Tensor x) => toCode.forward(down.forward(x.reshape(image)).flatten(1));

    /// <inheritdoc/>
    public override Tensor decode(Tensor code) => up.forward(fromCode.forward(code).view(narrow)).flatten(1);

    /// <inheritdoc/>
    internal override Tensor TrainingLoss(Tensor input, Tensor target, RowLoss loss, CodePenalty? penalty)
    {
        if (training && distortion is not null)
            input = distortion.Apply(input.to(target.dtype).reshape(image)).flatten(1).to(input.dtype);
        return base.TrainingLoss(input, target, loss, penalty);
    }
}
