using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The distribution of rows around a decoder's output, slot by slot independent: numbers as said, Boolean slots Bernoulli, categories
/// categorical.</summary>
/// <param name="numbers">How numbers are distributed.</param>
/// <param name="deviation">Of <see cref="NumberLikelihood.Gaussian"/>.</param>
/// <param name="layout">What the slots are.</param>
sealed class RowLikelihood(NumberLikelihood numbers, double deviation, SlotLayout layout)
{
    // Deviations from 1 % to 100 times that of the training rows: a slot that never changes would else be worth any number of nats.
    const double LeastLogVariance = -9.21, MostLogVariance = 9.21;

    /// <summary>The negative logarithm of the likelihood, by slots.</summary>
    /// <param name="decoded">The distribution.</param>
    /// <param name="target">The rows as the network sees them, [rows, network size].</param>
    /// <returns>[rows, slots], in nats</returns>
    public Tensor PerSlot(DecodedRows decoded, Tensor target)
    {
        var parts = new List<Tensor>();
        long at = 0;
        foreach (var group in layout.Groups)
        {
            long width = SlotLayout.Width(group);
            Tensor output = Part(decoded.Output, at, width), wanted = Part(target, at, width);
            parts.Add(group.Kind != SlotKind.Numeric ? RowLoss.CrossEntropy(group, output, wanted)
                : Numbers(output, wanted, decoded.LogVariance is { } variance ? Part(variance, at, width) : null));
            at += width;
        }
        return parts.Count == 1 ? parts[0] : cat(parts, 1);
    }

    Tensor Numbers(Tensor output, Tensor target, Tensor? logVariance)
    {
        if (numbers == NumberLikelihood.Bernoulli) return ReconstructionLoss.BinaryCrossEntropy.PerSlot(output, target);
        double constant = 0.5 * Math.Log(2 * Math.PI);
        var square = (target - output).square();
        if (logVariance is null) return square * (0.5 / (deviation * deviation)) + (constant + Math.Log(deviation));
        var log = Bounded(logVariance);
        return (square * (-log).exp() + log) * 0.5 + constant;
    }

    /// <summary>Rows of the distribution.</summary>
    /// <param name="decoded">The distribution.</param>
    /// <param name="noise">Where rows are drawn from; <see langword="null"/> for the mean of numbers and the likeliest of the rest.</param>
    /// <returns>[rows, slots]; whole categories</returns>
    public Tensor Rows(DecodedRows decoded, RowNoise? noise)
    {
        var output = decoded.Output;
        var means = numbers == NumberLikelihood.Bernoulli ? output.sigmoid() : output;
        if (noise is not null)
        {
            int width = layout.NetworkSize;
            means = numbers == NumberLikelihood.Bernoulli ? (means > noise.Uniform(width, NoiseUse.Rows, 1).to(output.device)).to(output.dtype)
                : means + noise.Normal(width, NoiseUse.Rows, 1).to(output.device)
                    * (decoded.LogVariance is { } log ? (Bounded(log) * 0.5).exp() : tensor((float)deviation, device: output.device));
        }
        return layout.Decide(layout.Map(output, means, (group, part, number) => group.Kind == SlotKind.Numeric ? number! : part),
            noise?.Uniform(layout.Columns, NoiseUse.Rows).to(output.device));
    }

    /// <summary>The means of rows: probabilities where slots are not numbers.</summary>
    /// <returns>[rows, slots]; of keys the likeliest</returns>
    public Tensor Means(DecodedRows decoded) => MeanLoss.Reconstruct(decoded.Output);

    /// <summary>The likeliest rows, as <see cref="Rows(DecodedRows, RowNoise?)"/> tells them without noise, in ONNX.</summary>
    /// <param name="output">[rows, network size]</param>
    public OnnxTensor Rows(OnnxTensor output) => MeanLoss.Decide(output);

    /// <summary><see cref="Means(DecodedRows)"/> in ONNX.</summary>
    /// <param name="output">[rows, network size]</param>
    public OnnxTensor Means(OnnxTensor output) => MeanLoss.Reconstruct(output);

    RowLoss MeanLoss => new(numbers == NumberLikelihood.Bernoulli ? ReconstructionLoss.BinaryCrossEntropy : ReconstructionLoss.MeanSquaredError, layout);

    Tensor Part(Tensor values, long at, long width) => width == layout.NetworkSize ? values : values.narrow(values.dim() - 1, at, width);

    static Tensor Bounded(Tensor logVariance) => logVariance.clamp(LeastLogVariance, MostLogVariance);
}
