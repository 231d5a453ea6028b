using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="MaskedTransformerNetwork"/>.</summary>
sealed class MaskedTransformerAutoencoder : AutoencoderNetwork
{
    readonly int tokens, visible;
    readonly bool lossOnAllTokens;
    readonly Activation outputActivation;
    readonly TokenEmbedding embedding;
    readonly Sequential encoder, decoder;
    readonly LayerNormalization encoded, decoded;
    readonly DenseLayer toCode, fromCode;
    Parameter maskTokens;

    /// <param name="design">With nothing left open.</param>
    /// <param name="architecture">Sizes and output activation.</param>
    /// <param name="seed">Seed of the first weights.</param>
    internal MaskedTransformerAutoencoder(MaskedTransformerNetwork design, AutoencoderArchitecture architecture, int seed)
        : base(nameof(MaskedTransformerAutoencoder), architecture.NetworkSize, architecture.CodeSize)
    {
        tokens = design.Tokens(InputSize);
        visible = tokens - Math.Clamp((int)Math.Round(design.MaskRatio!.Value * tokens), 1, tokens - 1);
        (lossOnAllTokens, outputActivation) = (design.LossOnAllTokens, architecture.OutputActivation);
        var random = new SeededRandom(seed);
        int size = design.TokenSize;
        embedding = design.PatchSize is { } patch
            ? new PatchEmbedding(ImageShape.Of(InputSize, design.Channels, design.Height, design.Width), patch, size, random)
            : new SlotEmbedding(InputSize, size, random);
        encoder = nn.Sequential(Blocks(design.Layers));
        encoded = new LayerNormalization(size);
        toCode = new DenseLayer(size, CodeSize, design.CodeActivation, random);
        fromCode = new DenseLayer(CodeSize, size, Activation.Identity, random);
        maskTokens = new Parameter(random.Uniform([tokens, size], 1 / Math.Sqrt(size)));
        maskTokens.DetachFromDisposeScope();
        decoder = nn.Sequential(Blocks(design.DecoderLayers));
        decoded = new LayerNormalization(size);
        RegisterComponents();

        TransformerBlock[] Blocks(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => new TransformerBlock(new(size, design.Heads, design.FeedForwardSize!.Value), random))];
    }

    /// <inheritdoc/>
    public override Tensor encode(Tensor x) => Encode(embedding.forward(x));

    /// <param name="x">The tokens of a row that are seen, in any order: [rows, tokens, token size].</param>
    /// <returns>[rows, code size]</returns>
    Tensor Encode(Tensor x) => toCode.forward(encoded.forward(encoder.forward(x)).mean([1]));

    /// <inheritdoc/>
    public override Tensor decode(Tensor code)
    {
        var x = maskTokens.to(code.dtype) + fromCode.forward(code).unsqueeze(1); // [rows, tokens, token size]
        return outputActivation.Apply(embedding.ToRows(decoded.forward(decoder.forward(x))));
    }

    internal override OnnxTensor encode(OnnxTensor x) =>
        toCode.forward(encoded.forward(OnnxLayers.forward(encoder, embedding.forward(x))).mean(1));

    internal override OnnxTensor decode(OnnxTensor code) => outputActivation.Apply(embedding.ToRows(decoded.forward(
        OnnxLayers.forward(decoder, fromCode.forward(code).unsqueeze(1) + maskTokens))));

    /// <inheritdoc/>
    internal override Tensor TrainingLoss(Tensor input, Tensor target, RowLoss loss, CodePenalty? penalty)
    {
        if (!training) return base.TrainingLoss(input, target, loss, penalty);
        // A random order of each row's tokens, of which the first are seen: [rows, visible].
        var seen = rand(target.shape[0], tokens, device: target.device).argsort(1).narrow(1, 0, visible);
        var hidden = ones(target.shape[0], tokens, dtype: target.dtype, device: target.device)
            .scatter(1, seen, zeros(target.shape[0], visible, dtype: target.dtype, device: target.device));
        return TrainingLoss(input, target, loss, penalty, EncodeSeen, lossOnAllTokens || loss.IsMixed ? null : embedding.Spread(hidden));

        Tensor EncodeSeen(Tensor x)
        {
            var all = embedding.forward(x);
            return Encode(all.gather(1, seen.unsqueeze(2).expand(-1, -1, all.shape[2])));
        }
    }
}
