using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What the network of a diffusion says about a noised row <c>z = a x + s ε</c>. Each tells the others.</summary>
public enum DiffusionPrediction
{
    /// <summary>The noise <c>ε</c> in it (Ho et al. 2020, section 3.2).</summary>
    Noise,

    /// <summary>The row <c>x</c>.</summary>
    Data,

    /// <summary><c>v = a ε - s x</c>: neither end of the process is a division by almost 0 (Salimans and Ho, "Progressive Distillation for Fast
    /// Sampling of Diffusion Models", ICLR 2022, appendix D).</summary>
    Velocity,
}

/// <summary>What a noised row is thought to consist of.</summary>
/// <param name="Data">[rows, width]: the row without noise.</param>
/// <param name="Noise">[rows, width]: the noise, of variance 1.</param>
readonly record struct DenoisingEstimate(Tensor Data, Tensor Noise)
{
    /// <summary>The estimate of given data.</summary>
    /// <param name="data">[rows, width]</param>
    /// <param name="noisy">[rows, width]</param>
    /// <param name="signal">What the data is multiplied by in it.</param>
    /// <param name="noise">What the noise is multiplied by in it, above 0.</param>
    public static DenoisingEstimate OfData(Tensor data, Tensor noisy, double signal, double noise) => new(data, (noisy - data * signal) / noise);
}

static class DiffusionPredictions
{
    extension(DiffusionPrediction prediction)
    {
        /// <summary>What the network should say.</summary>
        /// <param name="data">[rows, width]</param>
        /// <param name="noise">[rows, width]</param>
        /// <param name="signal">[rows, 1]: what the data is multiplied by.</param>
        /// <param name="level">[rows, 1]: what the noise is multiplied by.</param>
        /// <returns>[rows, width]</returns>
        public Tensor Target(Tensor data, Tensor noise, Tensor signal, Tensor level) => prediction switch
        {
            DiffusionPrediction.Noise => noise,
            DiffusionPrediction.Data => data,
            DiffusionPrediction.Velocity => signal * noise - level * data,
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "Unknown prediction."),
        };

        /// <summary>What the network said.</summary>
        /// <param name="output">[rows, width]</param>
        /// <param name="noisy">[rows, width]</param>
        /// <param name="signal">What the data is multiplied by.</param>
        /// <param name="level">What the noise is multiplied by.</param>
        public DenoisingEstimate Read(Tensor output, Tensor noisy, double signal, double level) => prediction switch
        {
            DiffusionPrediction.Noise => new((noisy - output * level) / signal, output),
            DiffusionPrediction.Data => DenoisingEstimate.OfData(output, noisy, signal, level),
            DiffusionPrediction.Velocity => new(noisy * signal - output * level, noisy * level + output * signal),
            _ => throw new ArgumentOutOfRangeException(nameof(prediction), prediction, "Unknown prediction."),
        };
    }
}
