using Extensions.ML.Generators;

namespace Extensions.ML;

/// <summary>
/// How generated rows compare with real ones in a column of features. No single figure tells all: a model that repeats one perfect row has a high
/// <see cref="Precision"/> and no <see cref="Recall"/>; one that repeats its training rows looks perfect in all of them.
/// </summary>
public sealed class GenerationMetrics
{
    internal GenerationMetrics(FeatureMatrix real, FeatureMatrix generated, int neighbors, int seed, CancellationToken cancellation)
    {
        (RealRows, GeneratedRows) = (real.Count, generated.Count);
        cancellation.ThrowIfCancellationRequested();
        FrechetDistance = Generators.FrechetDistance.Between(real, generated);
        KernelBandwidth = Generators.MaximumMeanDiscrepancy.MedianDistance(real, generated);
        cancellation.ThrowIfCancellationRequested();
        MaximumMeanDiscrepancy = Generators.MaximumMeanDiscrepancy.Gaussian(real, generated, KernelBandwidth);
        cancellation.ThrowIfCancellationRequested();
        KernelDistance = Generators.MaximumMeanDiscrepancy.Polynomial(real, generated);
        cancellation.ThrowIfCancellationRequested();
        (Precision, Recall, Density, Coverage) = NeighborOverlap.Between(real, generated, neighbors);
        (TwoSampleAccuracy, TwoSampleAreaUnderRocCurve, TwoSamplePValue, _) = TwoSampleTest.Between(real, generated, seed, cancellation);
    }

    /// <summary>
    /// Fréchet distance between the normal distributions that have the means and covariances of the two samples, in squared units of the features;
    /// 0 at best (Heusel et al., "GANs Trained by a Two Time-Scale Update Rule", NeurIPS 2017, eq. 6). In the features of an Inception network
    /// this is the FID. It falls with the number of rows: compare figures of equal numbers only.
    /// </summary>
    public double FrechetDistance { get; }

    /// <summary>
    /// Squared maximum mean discrepancy under a Gaussian kernel, without bias: about 0, also a little below, for samples of one distribution, and
    /// at most 2 (Gretton et al., "A Kernel Two-Sample Test", JMLR 2012, eq. 3).
    /// </summary>
    public double MaximumMeanDiscrepancy { get; }

    /// <summary>σ of the kernel <c>exp(-‖x - y‖² / 2σ²)</c> of <see cref="MaximumMeanDiscrepancy"/>: the median distance between two rows.</summary>
    public double KernelBandwidth { get; }

    /// <summary>
    /// Squared maximum mean discrepancy under the kernel <c>(x · y / d + 1)³</c> of d features, without bias: the kernel inception distance, where
    /// the features are those of an Inception network (Bińkowski et al., "Demystifying MMD GANs", ICLR 2018). About 0 for samples of one distribution,
    /// whatever their number.
    /// </summary>
    public double KernelDistance { get; }

    /// <summary>Share of the generated rows that lie as near to a real row as one of its k nearest other real rows does, 0 to 1: how many are like
    /// real ones (Kynkäänniemi et al., "Improved Precision and Recall Metric", NeurIPS 2019).</summary>
    public double Precision { get; }

    /// <summary>Share of the real rows that lie as near to a generated row as one of its k nearest other generated rows does, 0 to 1: how much of the
    /// real variety is generated (Kynkäänniemi et al.).</summary>
    public double Recall { get; }

    /// <summary>Real neighbourhoods that a generated row lies in, in the mean, divided by k: at least 0, and about 1 for samples of one distribution.
    /// As <see cref="Precision"/>, but a real outlier with a large neighbourhood counts little (Naeem et al., "Reliable Fidelity and Diversity
    /// Metrics", ICML 2020).</summary>
    public double Density { get; }

    /// <summary>Share of the real rows that have a generated row among their neighbours, 0 to 1: about 0.97 for samples of one distribution and k = 5. As
    /// <see cref="Recall"/>, but generated outliers do not help (Naeem et al.).</summary>
    public double Coverage { get; }

    /// <summary>Accuracy of a small network that was trained on half of the rows to tell real from generated ones, on the other half: 0.5 where they
    /// cannot be told apart, 1 where they can (Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017).</summary>
    public double TwoSampleAccuracy { get; }

    /// <summary>Area under the ROC curve of that network: 0.5 where the rows cannot be told apart.</summary>
    public double TwoSampleAreaUnderRocCurve { get; }

    /// <summary>Probability that guesses are right at least as often as that network, 0 to 1: a small one says that the distributions differ.</summary>
    public double TwoSamplePValue { get; }

    /// <summary>Real rows that were compared.</summary>
    public int RealRows { get; }

    /// <summary>Generated rows that were compared.</summary>
    public int GeneratedRows { get; }
}
