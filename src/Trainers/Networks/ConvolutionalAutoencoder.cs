using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The network of a <see cref="ConvolutionalNetwork"/>. Between its ends the channels of a pixel lie side by side in memory: convolutions
/// need no copies in another order then, and batch normalisation takes half the time.
/// </summary>
sealed class ConvolutionalAutoencoder : AutoencoderNetwork
{
    readonly ImageDistortion? distortion;
    readonly ImageShape image, narrow;
    readonly Sequential down;
    readonly DenseLayer toCode, fromCode;
    readonly Sequential up;
    readonly BatchNormalization[] normalizations; // those of the layers

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
                design.IsNormalized, architecture.Activation, random);

        image = design.Image(InputSize)!.Value;
        narrow = new ImageShape(channels[^1], sizes[^1].Height, sizes[^1].Width);
        int features = checked(channels[^1] * sizes[^1].Height * sizes[^1].Width);
        toCode = new DenseLayer(features, CodeSize, design.CodeActivation, random);
        fromCode = new DenseLayer(CodeSize, features, architecture.Activation, random);

        var widening = new ConvolutionLayer[narrowing.Length];
        for (int i = widening.Length - 1; i >= 0; i--)
            widening[^(i + 1)] = new ConvolutionLayer((channels[i + 1], channels[i]), sizes[i + 1], sizes[i], design.KernelSize, design.Upsampling,
                design.IsNormalized && i > 0, i > 0 ? architecture.Activation : architecture.OutputActivation, random);
        normalizations = [.. narrowing.Concat(widening).Select(layer => layer.Normalization).OfType<BatchNormalization>()];
        down = nn.Sequential(narrowing);
        up = nn.Sequential(widening);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor encode(Tensor x) => toCode.forward(down.forward(image.FromRows(x)).permute(0, 2, 3, 1).flatten(1));

    /// <inheritdoc/>
    public override Tensor decode(Tensor code) => up.forward(narrow.FromPixels(fromCode.forward(code))).flatten(1);

    internal override OnnxTensor encode(OnnxTensor x) => toCode.forward(narrow.ToPixels(OnnxLayers.forward(down, image.FromRows(x))));

    internal override OnnxTensor decode(OnnxTensor code) => image.ToRows(OnnxLayers.forward(up, narrow.FromPixels(fromCode.forward(code))));

    /// <inheritdoc/>
    internal override Tensor TrainingLoss(Tensor input, Tensor target, RowLoss loss, CodePenalty? penalty)
    {
        if (training && distortion is not null)
        {
            RememberStraight(input, forward);
            input = distortion.Apply(input.to(target.dtype), image).to(input.dtype);
        }
        return base.TrainingLoss(input, target, loss, penalty);
    }

    /// <inheritdoc/>
    internal override void RememberStraight(Tensor rows, Func<Tensor, Tensor> through)
    {
        const int part = 4; // enough for means, at a twelfth of the step's time
        Remember(true);
        using (no_grad())
        using (NewDisposeScope())
            through(rows.narrow(0, 0, (rows.shape[0] + part - 1) / part));
        Remember(false);

        void Remember(bool value)
        {
            foreach (var normalization in normalizations) normalization.Remembers = value;
        }
    }
}
