using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What variational autoencoders minimise: the negative evidence lower bound of a row, in nats.</summary>
static class VariationalObjective
{
    /// <summary>An objective for <see cref="TrainingLoop.Run"/>. Validation rows are judged with the whole of beta and without free bits.</summary>
    public static Func<Batch, Tensor> Of(VariationalNetwork network, VariationalArchitecture architecture, RowLikelihood likelihood,
        VariationalTraining how, Precision precision) => batch =>
    {
        var (x, classes) = ConditionalRows.Of(batch[0], architecture);
        var beta = Beta(network, how);
        var (mean, logVariance) = network.Posterior(precision == Precision.BFloat16 ? x.to(ScalarType.BFloat16) : x, classes);
        int draws = how.ImportanceSamples;
        var center = draws == 1 ? mean : mean.repeat(draws, 1);
        var deviation = (draws == 1 ? logVariance : logVariance.repeat(draws, 1)).mul(0.5).exp();
        var latents = center + deviation * randn_like(center);
        var decoded = network.Decode(precision == Precision.BFloat16 ? latents.to(ScalarType.BFloat16) : latents, draws == 1 ? classes : classes?.repeat(draws));
        var errors = likelihood.PerSlot(decoded, draws == 1 ? x : x.repeat(draws, 1));
        if (draws > 1) return -ImportanceWeighted(errors.sum(1), latents, mean, logVariance, beta).mean();
        var divergence = Divergence(mean, logVariance).mean([0L]);
        if (network.training && how.FreeBits > 0) divergence = divergence.clamp_min(how.FreeBits);
        return errors.sum() / x.shape[0] + divergence.sum() * beta;
    };

    /// <summary>The weight of the divergence in this step, which is counted.</summary>
    static Tensor Beta(VariationalNetwork network, VariationalTraining how)
    {
        var steps = network.Steps;
        if (!network.training || how.WarmUpSteps == 0) return full_like(steps, how.Beta).squeeze(0);
        var beta = (steps / how.WarmUpSteps).clamp_max(1).squeeze(0) * how.Beta;
        using (no_grad()) steps.add_(1);
        return beta;
    }

    /// <summary>The divergence of a normal distribution with diagonal covariance from the standard one (Kingma and Welling 2014, appendix
    /// B).</summary>
    /// <returns>[rows, latent size], in nats</returns>
    public static Tensor Divergence(Tensor mean, Tensor logVariance) => (mean.square() + logVariance.exp() - logVariance - 1) * 0.5;

    /// <summary>The logarithm of the mean importance weight of latent vectors drawn from the posterior, a lower bound of the logarithm of the
    /// likelihood (Burda et al. 2016, equation 8).</summary>
    /// <param name="errors">The negative logarithm of each row's likelihood under each of its latent vectors: [draws x rows].</param>
    /// <param name="latents">[draws x rows, latent size]</param>
    /// <param name="mean">Of the posterior, [rows, latent size].</param>
    /// <param name="logVariance">Of the posterior, [rows, latent size].</param>
    /// <param name="beta">What the ratio of prior and posterior counts; <see langword="null"/> for 1.</param>
    /// <returns>[rows], in nats</returns>
    public static Tensor ImportanceWeighted(Tensor errors, Tensor latents, Tensor mean, Tensor logVariance, Tensor? beta)
    {
        long rows = mean.shape[0], draws = errors.shape[0] / rows;
        var z = latents.reshape(draws, rows, -1);
        // ln p(z) - ln q(z), whose constants cancel.
        var ratio = ((z - mean).square() * (-logVariance).exp() + logVariance - z.square()).sum(2) * 0.5;
        return ((beta is null ? ratio : ratio * beta) - errors.reshape(draws, rows)).logsumexp(0) - Math.Log(draws);
    }
}
