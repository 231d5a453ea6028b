using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>
/// The Fréchet distance between the Gaussians that have the means μ and covariances Σ of two samples (Heusel et al., "GANs Trained by a Two
/// Time-Scale Update Rule Converge to a Local Nash Equilibrium", NeurIPS 2017, eq. 6):
/// <c>‖μ₁ - μ₂‖² + Tr(Σ₁ + Σ₂ - 2 (Σ₁Σ₂)^½)</c>.
/// </summary>
/// <remarks>
/// The trace of (Σ₁Σ₂)^½ is that of (Σ₁^½ Σ₂ Σ₁^½)^½, which is symmetric: both roots come from eigenvalues that are real and not negative, and
/// nothing has to be added to covariances of less than full rank. Eigenvalues within rounding of 0 count as 0. Samples of fewer rows than
/// features are allowed, but the smaller the samples, the larger the distance between samples of one distribution.
/// </remarks>
static class FrechetDistance
{
    /// <summary>The distance from 1 to the next float64.</summary>
    const double Unit = 2.220446049250313e-16;

    /// <summary>The distance between two samples, at least 0; covariances divide by the number of rows less 1.</summary>
    /// <exception cref="ArgumentException">The samples differ in width, or one has fewer than two rows.</exception>
    public static double Between(FeatureMatrix real, FeatureMatrix generated)
    {
        FeatureMatrix.RequireComparable(real, generated, least: 2);
        using var scope = NewDisposeScope();
        var (mean1, covariance1) = Moments(real);
        var (mean2, covariance2) = Moments(generated);
        return Between(mean1, covariance1, mean2, covariance2);
    }

    /// <summary>The distance between two Gaussians, all in float64.</summary>
    /// <param name="mean1">[features]</param>
    /// <param name="covariance1">[features, features]</param>
    /// <param name="mean2">[features]</param>
    /// <param name="covariance2">[features, features]</param>
    public static double Between(Tensor mean1, Tensor covariance1, Tensor mean2, Tensor covariance2)
    {
        using var scope = NewDisposeScope();
        var (values, vectors) = linalg.eigh(covariance1);
        // [features, features]: the columns of the eigenvectors, scaled; half · halfᵀ = Σ₁.
        var half = vectors * Root(values);
        double mixed = Root(linalg.eigvalsh(half.t().matmul(covariance2).matmul(half))).sum().item<double>();
        double distance = (mean1 - mean2).square().sum().item<double>() + covariance1.trace().item<double>()
            + covariance2.trace().item<double>() - 2 * mixed;
        return Math.Max(0, distance);
    }

    static (Tensor Mean, Tensor Covariance) Moments(FeatureMatrix rows)
    {
        var x = rows.ToTensor();
        var mean = x.mean([0L]);
        x = x - mean;
        return (mean, x.t().matmul(x) / (rows.Count - 1));
    }

    /// <param name="eigenvalues">[n], rising, of a matrix that has none below 0.</param>
    static Tensor Root(Tensor eigenvalues)
    {
        double rounding = Math.Max(0, eigenvalues[-1].item<double>()) * eigenvalues.shape[0] * Unit;
        return where(eigenvalues > rounding, eigenvalues, zeros_like(eigenvalues)).sqrt();
    }
}
