namespace Extensions.ML.Trainers;

/// <summary>
/// What a detector makes of a row's code and of its error, the reconstruction minus the row. Each form gives numbers that are not negative, one for
/// each network, as multiples of what the median training row has; the raw score is their geometric mean, in which a number counts the less the
/// more its logarithm varies over the training rows.
/// </summary>
public enum AnomalyScoring
{
    /// <summary>
    /// <see cref="NeighborDistance"/> with two thirds of the weight and, with one third, how rare the row's values are slot by slot: the mean over
    /// slots of <c>-ln min(P(X ≤ x), P(X ≥ x))</c>, P over the training rows (Li et al., "ECOD: Unsupervised Outlier Detection Using Empirical
    /// Cumulative Distribution Functions", TKDE 2022, sums such tails). A network sees how values go together; a value beyond all others is seen
    /// best by itself.
    /// </summary>
    Combined,

    /// <summary>
    /// How far the row is from typical rows in the joint space of code and error, whitened by the scatter of the bulk of the training rows
    /// (see <see cref="Likelihood"/>): the mean over ten samples of 16 typical rows each of the distance to the sample's nearest. Small samples
    /// leave a group of alike anomalies without a near neighbour (Sugiyama and Borgwardt, "Rapid Distance-Based Outlier Detection via
    /// Sampling", NIPS 2013).
    /// </summary>
    NeighborDistance,

    /// <summary>
    /// How unlikely the row is under a Gaussian in the joint space of code and error u: the Mahalanobis distance
    /// <c>sqrt((u - μ)ᵀ Σ⁻¹ (u - μ))</c>, which grows with the negative log-likelihood. Mean μ and scatter Σ are those of the two thirds
    /// of the training rows that lie closest together (Rousseeuw and Van Driessen, "A Fast Algorithm for the Minimum Covariance Determinant
    /// Estimator", Technometrics 1999).
    /// </summary>
    Likelihood,

    /// <summary>The error alone, each slot in units of its own usual error: <c>sqrt(mean over slots of (e / σ)²)</c>, σ over the same two
    /// thirds. A slot that is always rebuilt badly then hides no other.</summary>
    ScaledError,

    /// <summary>The error as training measures it: the mean over the row's columns of the loss. What textbooks do.</summary>
    ReconstructionError,
}
