using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What generator and discriminator play for. <c>D</c> is the discriminator's value of a row, <c>σ</c> the logistic function.</summary>
public enum AdversarialLoss
{
    /// <summary>The discriminator tells real from generated rows by the cross-entropy of <c>σ(D)</c>; the generator maximises
    /// <c>log σ(D)</c> of its rows, whose gradient is strong where the discriminator sees through them (Goodfellow et al., "Generative Adversarial
    /// Nets", NeurIPS 2014, section 3).</summary>
    NonSaturating,

    /// <summary>The same game with one value for both: the generator minimises <c>log(1 - σ(D))</c> of its rows (Goodfellow et al. 2014,
    /// equation 1). Its gradient vanishes where the discriminator wins.</summary>
    Original,

    /// <summary>The discriminator becomes a critic that estimates the Wasserstein distance by the difference of its mean values, with the
    /// penalty of <see cref="AdversarialTraining.GradientPenalty"/> that keeps its slope near 1 (Gulrajani et al., "Improved Training of
    /// Wasserstein GANs", NeurIPS 2017, equation 3).</summary>
    Wasserstein,

    /// <summary>The discriminator wants values above 1 for real and below -1 for generated rows, the generator high ones (Lim and Ye,
    /// "Geometric GAN", 2017; Miyato et al., "Spectral Normalization", ICLR 2018, equations 16 and 17).</summary>
    Hinge,
}

/// <summary>What an <see cref="AdversarialLoss"/> computes.</summary>
static class AdversarialLosses
{
    extension(AdversarialLoss loss)
    {
        /// <summary>What the discriminator minimises, without a penalty.</summary>
        /// <param name="real">[rows]: its values of real rows.</param>
        /// <param name="generated">[rows]: its values of generated rows.</param>
        /// <returns>A scalar.</returns>
        public Tensor OfDiscriminator(Tensor real, Tensor generated) => loss switch
        {
            AdversarialLoss.NonSaturating or AdversarialLoss.Original => (-real).softplus().mean() + generated.softplus().mean(),
            AdversarialLoss.Wasserstein => generated.mean() - real.mean(),
            AdversarialLoss.Hinge => (1 - real).relu().mean() + (1 + generated).relu().mean(),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Unknown adversarial loss."),
        };

        /// <summary>What the generator minimises.</summary>
        /// <param name="generated">[rows]: the discriminator's values of generated rows.</param>
        /// <returns>A scalar.</returns>
        public Tensor OfGenerator(Tensor generated) => loss switch
        {
            AdversarialLoss.NonSaturating => (-generated).softplus().mean(),
            AdversarialLoss.Original => -generated.softplus().mean(), // log(1 - σ(D)) is -softplus(D)
            AdversarialLoss.Wasserstein or AdversarialLoss.Hinge => -generated.mean(),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Unknown adversarial loss."),
        };
    }
}
