using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Extensions.ML.Trainers;

/// <summary>Cross-entropy between scores and labels: what classifiers minimise.</summary>
static class ClassificationLoss
{
    /// <summary>
    /// The mean over the rows of <c>-Σ q ln p</c>, where p is the softmax of the scores and q puts <c>1 - ε</c> on the label and spreads ε
    /// over all classes alike (Szegedy et al., "Rethinking the Inception Architecture", CVPR 2016, section 7). One score alone is the
    /// log-odds of class 1 against class 0.
    /// </summary>
    /// <param name="scores">[rows, outputs]</param>
    /// <param name="labels">[rows], float32: class numbers from 0.</param>
    /// <param name="weights">[rows]: what the loss of each row counts; <see langword="null"/> for 1.</param>
    /// <param name="smoothing">ε, 0 to below 1.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Mean(Tensor scores, Tensor labels, Tensor? weights, double smoothing)
    {
        var rows = scores.shape[1] == 1
            ? functional.binary_cross_entropy_with_logits(scores.select(1, 0), labels * (1 - smoothing) + smoothing / 2, null, Reduction.None)
            : functional.cross_entropy(scores, labels.to(ScalarType.Int64), null, reduction: Reduction.None, label_smoothing: smoothing);
        return weights is null ? rows.mean() : (rows * weights).mean();
    }
}
