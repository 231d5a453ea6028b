using System.Text.Json;

namespace Extensions.ML.Trainers;

/// <summary>How a classifier is trained on labelled rows, besides <see cref="TrainingOptions"/>.</summary>
public sealed record ClassifierTraining
{
    /// <summary>Whether the encoder's weights are trained too; else only the head's. Default yes.</summary>
    public bool FineTune { get; init; } = true;

    /// <summary>What the learning rate is multiplied by for a pretrained encoder, at least 0. Below 1, the encoder stays nearer to what it
    /// learned without labels. Default 1.</summary>
    public double EncoderLearningRateFactor
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(EncoderLearningRateFactor), value, "EncoderLearningRateFactor must be finite and at least 0.");
    } = 1;

    /// <summary>What the learning rate is multiplied by while the head alone is trained, above 0. Default 1.</summary>
    public double HeadLearningRateFactor
    {
        get;
        init => field = double.IsFinite(value) && value > 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(HeadLearningRateFactor), value, "HeadLearningRateFactor must be finite and above 0.");
    } = 1;

    /// <summary>Epochs in which the head alone is trained before a pretrained encoder is fine-tuned, at least 0, so that the gradients of a
    /// head that knows nothing yet do not spoil the encoder (Kumar et al., "Fine-Tuning can Distort Pretrained Features", ICLR 2022).
    /// Default 0.</summary>
    public int HeadEpochs
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(HeadEpochs), value, "HeadEpochs must be at least 0.");
    }

    /// <summary>Share of the inputs of each of the head's layers that training sets to 0, 0 to below 1. Default 0.</summary>
    public double Dropout { get; init => field = BelowOne(value); }

    /// <summary>Share of the label that is spread over all classes alike, 0 to below 1. Default 0.</summary>
    public double LabelSmoothing { get; init => field = BelowOne(value); }

    /// <summary>Whether rows of rare classes count more, so that all classes that occur count alike. Default no.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Damage to the rows that training sees, drawn anew in every step. Default <see langword="null"/>: none.</summary>
    public Corruption? Corruption { get; init; }

    /// <summary>How images are bent in training, anew in every step, before any <see cref="Corruption"/>; only over a network of images. Default
    /// <see langword="null"/>: not at all.</summary>
    public ImageDistortion? Distortion { get; init; }

    /// <summary>In words, for a checkpoint. Numbers of epochs are no part of it, so that a run can be trained on.</summary>
    internal string Describe() => JsonSerializer.Serialize(this with { HeadEpochs = 0 });
}
