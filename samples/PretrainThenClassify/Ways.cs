using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Samples.Charts;
using Samples.Drawing;

namespace PretrainThenClassify;

/// <summary>One way to learn digits from labelled pictures.</summary>
/// <param name="Trainer">Learns the key column <see cref="Label"/> from the pixels.</param>
sealed record Way(string Name, Colour Colour, IEstimator<ITransformer> Trainer)
{
    public const string Label = "Digit";

    /// <summary>The whole pipeline, from a picture with its label to the digit that is predicted.</summary>
    public EstimatorChain<KeyToValueMappingTransformer> Classifier(MLContext ml) =>
        ml.Transforms.Conversion.MapValueToKey(Label, nameof(Digit.Label), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(Trainer)
            .Append(ml.Transforms.Conversion.MapKeyToValue(nameof(Classified.PredictedDigit), "PredictedLabel"));
}

/// <summary>With what an encoder learned without labels, and without it.</summary>
/// <param name="encoder">Trained on all pictures.</param>
sealed class Ways(MLContext ml, AutoencoderEmbeddingTransformer encoder)
{
    public const int EmbeddingSize = 64;

    public static NetworkDesign Network { get; } = new ConvolutionalNetwork();

    /// <summary>The encoder's weights are the start, and are trained on.</summary>
    public Way FineTuned { get; } = new("fine-tuned", Theme.Ours, Over(ml, encoder, fineTune: true));

    /// <summary>The encoder's weights stay as they are.</summary>
    public Way Frozen { get; } = new("frozen", Theme.Classes[6], Over(ml, encoder, fineTune: false));

    /// <summary>The same network from its first weights.</summary>
    public Way Scratch { get; } = new("from scratch", Theme.Peer, FromScratch(ml, null));

    /// <summary>A linear classifier of the pixels.</summary>
    public Way Pixels { get; } = new("pixels", Theme.Axis,
        ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(Way.Label, nameof(Digit.Pixels), l1Regularization: 0));

    /// <summary>The labelled pictures are turned, moved, scaled and slanted in training, as all pictures were for the encoder.</summary>
    public Way FineTunedOnDistorted { get; } = new("fine-tuned, distorted", Theme.Ours, Over(ml, encoder, fineTune: true, new()));

    /// <summary>The same without the encoder: how much of its worth is that it saw distorted pictures?</summary>
    public Way ScratchOnDistorted { get; } = new("from scratch, distorted", Theme.Peer, FromScratch(ml, new()));

    public Way[] All => [FineTuned, Frozen, Scratch, Pixels, FineTunedOnDistorted, ScratchOnDistorted];

    static PretrainedEncoderMulticlassTrainer Over(MLContext ml, AutoencoderEmbeddingTransformer encoder, bool fineTune, ImageDistortion? distortion = null) =>
        ml.MulticlassClassification.Trainers.PretrainedEncoder(new PretrainedEncoderMulticlassTrainer.Options
        {
            Encoder = encoder.Model,
            FineTune = fineTune,
            Distortion = distortion,
            LabelColumnName = Way.Label,
            FeatureColumnName = nameof(Digit.Pixels),
        });

    static PretrainedEncoderMulticlassTrainer FromScratch(MLContext ml, ImageDistortion? distortion) =>
        ml.MulticlassClassification.Trainers.PretrainedEncoder(new PretrainedEncoderMulticlassTrainer.Options
        {
            Network = Network,
            EmbeddingSize = EmbeddingSize,
            Distortion = distortion,
            LabelColumnName = Way.Label,
            FeatureColumnName = nameof(Digit.Pixels),
        });
}
