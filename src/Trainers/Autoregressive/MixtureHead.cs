using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Mixtures of normal distributions, one for each of a number of values, from the parameters that a network gives: for every
/// component the logit of its weight, its mean and the logarithm of its deviation (Bishop, "Mixture Density Networks", 1994).</summary>
static class MixtureHead
{
    // Between them no square of a distance by its deviation leaves single precision.
    const double LeastLogDeviation = -7, HighestLogDeviation = 7;

    internal static int Parameters(int components) => checked(3 * components);

    /// <summary>First parameters of one value: means spread over the standard normal distribution, with widths that make the mixture about
    /// that, and one component in eight wide enough for outliers.</summary>
    internal static float[] Start(int components)
    {
        var start = new float[Parameters(components)];
        for (int c = 0; c < components; c++)
        {
            bool wide = components > 1 && c % 8 == 0;
            start[c] = wide ? -2 : 0;
            start[components + c] = components == 1 || wide ? 0 : -1.5f + 3f * c / (components - 1);
            start[2 * components + c] = components == 1 ? 0 : (float)Math.Log(wide ? 3 : 0.6);
        }
        return start;
    }

    /// <param name="x">[rows, values]</param>
    /// <param name="parameters">[rows, values, parameters]</param>
    /// <returns>[rows, values], in nats</returns>
    internal static Tensor LogLikelihood(Tensor x, Tensor parameters)
    {
        var (logits, means, logDeviations) = Split(parameters);
        var z = (x.unsqueeze(2) - means) * (-logDeviations).exp();
        return (logits.log_softmax(2) - logDeviations - 0.5 * z * z).logsumexp(2) - 0.5 * Math.Log(2 * Math.PI);
    }

    /// <param name="parameters">[rows, values, parameters]</param>
    /// <param name="uniform">[rows, values, 2]: one decides the component, one the place in it.</param>
    /// <param name="temperature">Logits are divided and deviations multiplied by it.</param>
    /// <returns>[rows, values]</returns>
    internal static Tensor Draw(Tensor parameters, Tensor uniform, double temperature)
    {
        var (logits, means, logDeviations) = Split(parameters);
        var component = SlotLayout.Pick(logits / temperature, uniform.select(2, 0)).unsqueeze(2);
        var normal = (2 * uniform.narrow(2, 1, 1) - 1).erfinv() * Math.Sqrt(2);
        return (means.gather(2, component) + logDeviations.gather(2, component).exp() * temperature * normal).squeeze(2);
    }

    static (Tensor Logits, Tensor Means, Tensor LogDeviations) Split(Tensor parameters)
    {
        long components = parameters.shape[2] / 3;
        return (parameters.narrow(2, 0, components), parameters.narrow(2, components, components),
            parameters.narrow(2, 2 * components, components).clamp(LeastLogDeviation, HighestLogDeviation));
    }
}
