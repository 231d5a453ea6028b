using System.Text.Json;

namespace Extensions.ML.Trainers;

/// <summary>How a generative adversarial network is trained, besides <see cref="TrainingOptions"/>.</summary>
public sealed record AdversarialTraining
{
    /// <summary>What the two play for. Default <see cref="AdversarialLoss.NonSaturating"/>.</summary>
    public AdversarialLoss Loss { get; init; }

    /// <summary>
    /// Weight of the penalty on the discriminator's slope, at least 0. With <see cref="AdversarialLoss.Wasserstein"/> that is
    /// <c>(|∇D| - 1)²</c> between real and generated rows (Gulrajani et al. 2017, equation 3), with other losses <c>|∇D|² / 2</c> at real
    /// rows (Mescheder et al. 2018, equation 9), without which the discriminator soon wins for good. Default <see langword="null"/>: 10 with
    /// Wasserstein, else 1.
    /// </summary>
    public double? GradientPenalty
    {
        get;
        init => field = value is null or >= 0 and < double.PositiveInfinity ? value
            : throw new ArgumentOutOfRangeException(nameof(GradientPenalty), value, "GradientPenalty must be finite and at least 0.");
    }

    /// <summary>Steps of the discriminator for each one of the generator, at least 1. Default <see langword="null"/>: 5 with Wasserstein
    /// (Gulrajani et al. 2017, algorithm 1), else 1.</summary>
    public int? DiscriminatorSteps
    {
        get;
        init => field = value is null or >= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(DiscriminatorSteps), value, "DiscriminatorSteps must be at least 1.");
    }

    /// <summary>What the learning rate is multiplied by for the discriminator, at least 0 (two time-scales: Heusel et al., "GANs Trained by a Two
    /// Time-Scale Update Rule", NeurIPS 2017). Default 1.</summary>
    public double DiscriminatorLearningRateFactor
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value : throw new ArgumentOutOfRangeException(
            nameof(DiscriminatorLearningRateFactor), value, "DiscriminatorLearningRateFactor must be finite and at least 0.");
    } = 1;

    /// <summary>How much of the average of the generator's weights each of its steps leaves, 0 (the last weights alone) to below 1. Rows are drawn by
    /// the average (Yazıcı et al., "The Unusual Effectiveness of Averaging in GAN Training", ICLR 2019). Default 0.999.</summary>
    public double AverageDecay
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(AverageDecay), value, "AverageDecay must be from 0 to below 1.");
    } = 0.999;

    /// <summary>The weight of the penalty, decided.</summary>
    internal double PenaltyWeight => GradientPenalty ?? (Loss == AdversarialLoss.Wasserstein ? 10 : 1);

    /// <summary>Steps of the discriminator for each one of the generator, decided.</summary>
    internal int StepsPerGeneratorStep => DiscriminatorSteps ?? (Loss == AdversarialLoss.Wasserstein ? 5 : 1);

    /// <summary>In words, for a checkpoint.</summary>
    internal string Describe() => JsonSerializer.Serialize(this);
}
