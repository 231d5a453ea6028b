using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Mixtures of logistic distributions, one for each of a number of values, from the parameters that a network gives: for every component the
/// logit of its weight, its mean and the logarithm of its scale (Bishop, "Mixture Density Networks", 1994; logistic as in Salimans et al.,
/// "PixelCNN++", ICLR 2017, for their tails forgive an outlier where normal ones would have it decide the whole fit).</summary>
static class MixtureHead
{
    // Between them no distance by its scale leaves single precision.
    const double LeastLogScale = -7, HighestLogScale = 7;

    internal static int Parameters(int components) => checked(3 * components);

    /// <summary>First parameters of one value: means spread over the standard normal distribution, with scales that make the mixture about
    /// that.</summary>
    internal static float[] Start(int components)
    {
        var start = new float[Parameters(components)];
        for (int c = 0; c < components; c++)
        {
            start[components + c] = components == 1 ? 0 : -1.5f + 3f * c / (components - 1);
            start[2 * components + c] = (float)Math.Log(components == 1 ? 0.55 : 0.33);
        }
        return start;
    }

    /// <param name="x">[rows, values]</param>
    /// <param name="parameters">[rows, values, parameters]</param>
    /// <returns>[rows, values], in nats</returns>
    internal static Tensor LogLikelihood(Tensor x, Tensor parameters)
    {
        var (logits, means, logScales) = Split(parameters);
        // The density e⁻ᶻ / (1 + e⁻ᶻ)² is even: it is taken where nothing overflows.
        var z = ((x.unsqueeze(2) - means) * (-logScales).exp()).abs();
        return (logits.log_softmax(2) - logScales - z - 2 * nn.functional.softplus(-z)).logsumexp(2);
    }

    /// <param name="parameters">[rows, values, parameters]</param>
    /// <param name="uniform">[rows, values, 2]: one decides the component, one the place in it.</param>
    /// <param name="temperature">Logits are divided and scales multiplied by it.</param>
    /// <returns>[rows, values]</returns>
    internal static Tensor Draw(Tensor parameters, Tensor uniform, double temperature)
    {
        var (logits, means, logScales) = Split(parameters);
        var component = SlotLayout.Pick(logits / temperature, uniform.select(2, 0)).unsqueeze(2);
        return (means.gather(2, component) + logScales.gather(2, component).exp() * temperature * uniform.narrow(2, 1, 1).logit()).squeeze(2);
    }

    static (Tensor Logits, Tensor Means, Tensor LogScales) Split(Tensor parameters)
    {
        long components = parameters.shape[2] / 3;
        return (parameters.narrow(2, 0, components), parameters.narrow(2, components, components),
            parameters.narrow(2, 2 * components, components).clamp(LeastLogScale, HighestLogScale));
    }
}
