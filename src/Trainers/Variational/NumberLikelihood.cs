namespace Extensions.ML.Trainers;

/// <summary>How the numbers of a row are distributed around what a decoder makes of a latent vector.</summary>
public enum NumberLikelihood
{
    /// <summary>For values from 0 to 1: the decoder gives the probability of 1, and values between count for both, as grey pixels do
    /// (Kingma and Welling 2014, appendix C.1). Not normalised over values between 0 and 1.</summary>
    Bernoulli,

    /// <summary>Normal around the decoder's output, with a deviation that is set.</summary>
    Gaussian,

    /// <summary>Normal around the decoder's output, with a deviation for each slot that is learned (Rybkin et al., "Simple and Effective VAE
    /// Training with Calibrated Decoders", ICML 2021).</summary>
    GaussianPerSlot,

    /// <summary>Normal around the decoder's output, with a deviation for each slot that the decoder gives too (Kingma and Welling 2014, appendix
    /// C.2).</summary>
    GaussianPerRow,
}
