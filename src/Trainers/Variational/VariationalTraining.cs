using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Extensions.ML.Trainers;

/// <summary>What a variational autoencoder minimises.</summary>
public sealed record VariationalTraining
{
    /// <summary>What the divergence of the posterior from the prior is multiplied by, at least 0 (Higgins et al., "beta-VAE", ICLR 2017).
    /// Default 1: the evidence lower bound.</summary>
    public double Beta { get; init => field = NotNegative(value); } = 1;

    /// <summary>Steps over which <see cref="Beta"/> rises from 0, at least 0 (Sønderby et al., "Ladder Variational Autoencoders", NIPS 2016).
    /// Default 0.</summary>
    public long WarmUpSteps
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(WarmUpSteps), value, "WarmUpSteps must be at least 0.");
    }

    /// <summary>Nats of divergence that each latent value may have for nothing, at least 0 (Kingma et al., "Improved Variational Inference with
    /// Inverse Autoregressive Flow", NIPS 2016, appendix C.8). Default 0.</summary>
    public double FreeBits { get; init => field = NotNegative(value); }

    /// <summary>Latent vectors drawn for each row in a step, at least 1. From 2 on, the importance-weighted bound is maximised instead of the
    /// evidence lower bound (Burda et al., "Importance Weighted Autoencoders", ICLR 2016, equation 8). Default 1.</summary>
    public int ImportanceSamples
    {
        get;
        init => field = value >= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(ImportanceSamples), value, "ImportanceSamples must be at least 1.");
    } = 1;

    /// <exception cref="ArgumentException">Settings exclude each other.</exception>
    internal void Check()
    {
        if (ImportanceSamples > 1 && FreeBits > 0)
            throw new ArgumentException("FreeBits are of the evidence lower bound: set ImportanceSamples to 1, or FreeBits to 0.");
    }

    /// <summary>In words, for a checkpoint.</summary>
    internal string Describe() => JsonSerializer.Serialize(this);

    static double NotNegative(double value, [CallerMemberName] string name = "") => double.IsFinite(value) && value >= 0 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and at least 0.");
}
