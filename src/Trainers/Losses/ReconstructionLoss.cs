using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Extensions.ML.Trainers;

/// <summary>How far a reconstruction is from its row.</summary>
public enum ReconstructionLoss
{
    /// <summary><c>(x - y)²</c>.</summary>
    MeanSquaredError,

    /// <summary><c>|x - y|</c>: less moved by outliers.</summary>
    MeanAbsoluteError,

    /// <summary>Huber 1964 with threshold 1: <c>½ (x - y)²</c> up to a distance of 1, <c>|x - y| - ½</c> beyond.</summary>
    Huber,

    /// <summary>
    /// <c>-x ln p - (1 - x) ln(1 - p)</c> for values from 0 to 1, with <c>p = 1 / (1 + exp(-y))</c>: the network's output <c>y</c> is a
    /// logit. Computed as <c>max(y, 0) - x y + ln(1 + exp(-|y|))</c>, which neither overflows nor loses precision.
    /// </summary>
    BinaryCrossEntropy,
}

/// <summary>The losses in the forms that training and scoring need.</summary>
public static class ReconstructionLosses
{
    extension(ReconstructionLoss loss)
    {
        /// <summary>The mean over all rows and slots: what training minimises.</summary>
        /// <param name="output">The network's output, [rows, width]; logits for
        /// <see cref="ReconstructionLoss.BinaryCrossEntropy"/>.</param>
        /// <param name="target">The rows, [rows, width].</param>
        /// <returns>A scalar.</returns>
        public Tensor Mean(Tensor output, Tensor target) => loss.Compute(output, target, Reduction.Mean);

        /// <summary>The error of every slot of every row.</summary>
        /// <param name="output">The network's output, [rows, width]; logits for
        /// <see cref="ReconstructionLoss.BinaryCrossEntropy"/>.</param>
        /// <param name="target">The rows, [rows, width].</param>
        /// <returns>[rows, width], not negative.</returns>
        public Tensor PerSlot(Tensor output, Tensor target) => loss.Compute(output, target, Reduction.None);

        /// <summary>The mean error of every row.</summary>
        /// <param name="output">The network's output, [rows, width]; logits for
        /// <see cref="ReconstructionLoss.BinaryCrossEntropy"/>.</param>
        /// <param name="target">The rows, [rows, width].</param>
        /// <returns>[rows], not negative.</returns>
        public Tensor PerRow(Tensor output, Tensor target)
        {
            using var slots = loss.PerSlot(output, target);
            return slots.mean([1]);
        }

        /// <summary>The reconstruction that a network's output stands for: probabilities for logits, else the output itself.</summary>
        /// <param name="output">The network's output, any shape.</param>
        /// <returns>The same shape, in the scaled units of the network's input.</returns>
        public Tensor Reconstruct(Tensor output) => loss == ReconstructionLoss.BinaryCrossEntropy ? output.sigmoid() : output;

        /// <summary>The same in ONNX.</summary>
        internal OnnxTensor Reconstruct(OnnxTensor output) => loss == ReconstructionLoss.BinaryCrossEntropy ? output.sigmoid() : output;

        /// <summary>The error of every slot of every row in ONNX.</summary>
        internal OnnxTensor PerSlot(OnnxTensor output, OnnxTensor target)
        {
            if (loss == ReconstructionLoss.BinaryCrossEntropy) return output.relu() - target * output + (-output.abs()).softplus();
            var distance = (output - target).abs();
            if (loss == ReconstructionLoss.MeanSquaredError) return distance.square();
            if (loss == ReconstructionLoss.MeanAbsoluteError) return distance;
            var near = distance.clamp_max(1); // Huber's two cases in one
            return near * (distance - 0.5 * near);
        }

        Tensor Compute(Tensor output, Tensor target, Reduction reduction) => loss switch
        {
            ReconstructionLoss.MeanSquaredError => functional.mse_loss(output, target, reduction),
            ReconstructionLoss.MeanAbsoluteError => Absolute(output, target, reduction),
            ReconstructionLoss.Huber => functional.huber_loss(output, target, 1.0, reduction),
            ReconstructionLoss.BinaryCrossEntropy => functional.binary_cross_entropy_with_logits(output, target, null, reduction),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Unknown loss."),
        };
    }

    /// <summary>Not <c>functional.l1_loss</c>: TorchSharp 0.102.7 computes the squared error under that name.</summary>
    static Tensor Absolute(Tensor output, Tensor target, Reduction reduction)
    {
        using var difference = output - target;
        var slots = difference.abs();
        if (reduction == Reduction.None) return slots;
        using (slots) return slots.mean();
    }
}
