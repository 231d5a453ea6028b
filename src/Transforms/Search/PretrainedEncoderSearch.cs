using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="PretrainedEncoderBinaryTrainer"/> or a <see cref="PretrainedEncoderMulticlassTrainer"/>.</summary>
public sealed class PretrainedEncoderSearch : TrainerSearch<PretrainedEncoderOptions>
{
    /// <summary>Values in the embedding of a network that begins untrained: 2 to 128, by its logarithm.</summary>
    [Range(2, 128, 16, true)]
    public int EmbeddingSize { get; set; } = 16;

    /// <summary>Learning rate of the encoder in that of the head: 0.03 to 1, by its logarithm.</summary>
    [Range(0.03, 1.0, 0.3, true)]
    public double EncoderLearningRateFactor { get; set; } = 0.3;

    /// <summary>Share of the embedding that training sets to 0: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.0)]
    public double Dropout { get; set; }

    /// <summary>Share of each label that is spread over all classes: 0 to 0.2.</summary>
    [Range(0.0, 0.2, 0.0)]
    public double LabelSmoothing { get; set; }

    private protected override void Set(PretrainedEncoderOptions options)
    {
        options.EmbeddingSize = EmbeddingSize;
        options.EncoderLearningRateFactor = EncoderLearningRateFactor;
        options.Dropout = Dropout;
        options.LabelSmoothing = LabelSmoothing;
    }
}
