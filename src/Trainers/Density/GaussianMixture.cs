using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Which covariances the components of a mixture have.</summary>
public enum CovarianceKind
{
    /// <summary>Any.</summary>
    Full,

    /// <summary>None between different values.</summary>
    Diagonal,
}

/// <summary>How a mixture of normal distributions is fitted.</summary>
/// <param name="Components">Number of normal distributions, at least 1.</param>
/// <param name="Covariance">Which covariances they have.</param>
/// <param name="Regularization">What is added to each variance, above 0.</param>
/// <param name="Iterations">Most steps of expectation and maximisation.</param>
/// <param name="Tolerance">The gain in mean log-likelihood below which they stop.</param>
sealed record MixtureFit(int Components, CovarianceKind Covariance = CovarianceKind.Full, double Regularization = 1e-6, int Iterations = 200,
    double Tolerance = 1e-4);

/// <summary>
/// A mixture of normal distributions, fitted by expectation maximisation (Dempster, Laird and Rubin 1977; Bishop, "Pattern Recognition and Machine
/// Learning", 2006, section 9.2.2) from the groups of k-means, whose first centers are spread by k-means++ (Arthur and Vassilvitskii 2007).
/// </summary>
sealed class GaussianMixture : nn.Module
{
    // TorchSharp finds buffers by field and replaces them when the module moves to a device.
    Tensor weights;
    Tensor means;
    Tensor factors;

    /// <param name="components">At least 1.</param>
    /// <param name="size">Values in a row, at least 1. Standard normal until it is fitted.</param>
    internal GaussianMixture(int components, int size) : base(nameof(GaussianMixture))
    {
        weights = full(components, 1f / components, dtype: ScalarType.Float32);
        means = zeros([components, size], dtype: ScalarType.Float32);
        using var identity = eye(size, dtype: ScalarType.Float32);
        factors = identity.repeat(components, 1, 1);
        foreach (var tensor in new[] { weights, means, factors }) tensor.DetachFromDisposeScope();
        RegisterComponents();
    }

    internal static long CountValues(long components, long size) => checked(components * (1 + size + size * size));

    /// <summary>[components]</summary>
    internal Tensor Weights => weights;

    /// <summary>[components, size]</summary>
    internal Tensor Means => means;

    /// <summary>The lower triangular roots of the covariances: [components, size, size].</summary>
    internal Tensor Factors => factors;

    /// <summary>Fits the mixture.</summary>
    /// <param name="rows">[rows, size], at least one row.</param>
    /// <param name="how">The settings.</param>
    /// <param name="seed">Seed of the first centers.</param>
    /// <returns>The mean log-likelihood of the rows, in nats.</returns>
    internal double Fit(Tensor rows, MixtureFit how, int seed)
    {
        // Where there are fewer rows than components, the rest keep no weight.
        int components = (int)Math.Min(how.Components, rows.shape[0]);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = rows.to(ScalarType.Float64);
        var state = Maximize(x, Groups(x, components, new SeededRandom(seed)), how);
        double before = double.NegativeInfinity, likelihood = before;
        for (int iteration = 0; iteration < how.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var joint = Joint(x, state.Weights, state.Means, state.Factors);
            var total = joint.logsumexp(1, keepdim: true);
            likelihood = total.mean().item<double>();
            if (likelihood - before < how.Tolerance) break;
            before = likelihood;
            var next = Maximize(x, (joint - total).exp(), how);
            state = (next.Weights.MoveToOuterDisposeScope(), next.Means.MoveToOuterDisposeScope(), next.Factors.MoveToOuterDisposeScope());
        }
        weights.zero_().narrow(0, 0, components).copy_(state.Weights);
        means.narrow(0, 0, components).copy_(state.Means);
        factors.narrow(0, 0, components).copy_(state.Factors);
        return likelihood;
    }

    /// <returns>[rows], in nats</returns>
    internal Tensor LogLikelihood(Tensor x) => Joint(x, weights, means, factors).logsumexp(1);

    /// <summary>Draws rows.</summary>
    /// <returns>[rows, size]</returns>
    internal Tensor Draw(RowNoise noise)
    {
        var uniform = noise.Uniform(1, NoiseUse.Latents, 1).to(weights.device);
        var component = SlotLayout.Pick(weights.log().expand(noise.Count, 1, -1), uniform).squeeze(1);
        var normal = noise.Normal((int)means.shape[1], NoiseUse.Latents).to(means.device).unsqueeze(2);
        return means.index_select(0, component) + factors.index_select(0, component).matmul(normal).squeeze(2);
    }

    /// <returns>[rows, components]: the logarithm of each component's weight times its density.</returns>
    static Tensor Joint(Tensor x, Tensor weights, Tensor means, Tensor factors)
    {
        var parts = new List<Tensor>();
        for (long c = 0; c < means.shape[0]; c++)
        {
            var inverse = linalg.inv(factors[c]);
            var z = (x - means[c]).matmul(inverse.t());
            parts.Add(weights[c].log() + inverse.diag().log().sum() - 0.5 * (z * z).sum(1));
        }
        return stack(parts, 1) - 0.5 * x.shape[1] * Math.Log(2 * Math.PI);
    }

    /// <param name="x">[rows, size]</param>
    /// <param name="shares">[rows, components]: how much of each row belongs to each component.</param>
    /// <param name="how">The settings.</param>
    static (Tensor Weights, Tensor Means, Tensor Factors) Maximize(Tensor x, Tensor shares, MixtureFit how)
    {
        // A component that has lost all its rows keeps a trace of weight, and of everything else.
        var counts = shares.sum([0L]) + 1e-10;
        var means = shares.t().matmul(x) / counts.unsqueeze(1);
        var identity = eye(x.shape[1], dtype: x.dtype, device: x.device);
        var factors = new List<Tensor>();
        for (long c = 0; c < counts.shape[0]; c++)
        {
            var centered = x - means[c];
            var weighted = centered * shares.narrow(1, c, 1);
            var covariance = how.Covariance == CovarianceKind.Full ? weighted.t().matmul(centered) / counts[c]
                : ((weighted * centered).sum([0L]) / counts[c]).diag();
            factors.Add(linalg.cholesky(covariance + how.Regularization * identity));
        }
        return (counts / counts.sum(), means, stack(factors, 0));
    }

    /// <summary>The groups of k-means.</summary>
    /// <returns>[rows, groups]: 1 for the group of a row, else 0.</returns>
    static Tensor Groups(Tensor x, int groups, SeededRandom random)
    {
        const int iterations = 20;
        long count = x.shape[0];
        var centers = x.narrow(0, random.Next((int)count), 1);
        var nearest = (x - centers).square().sum(1);
        while (centers.shape[0] < groups)
        {
            // The further a row lies from all centers so far, the likelier it becomes the next.
            using var sums = nearest.cumsum(0).cpu();
            var upTo = MemoryMarshal.Cast<byte, double>(sums.bytes);
            int chosen = upTo.BinarySearch(random.NextDouble() * upTo[^1]);
            chosen = Math.Min(chosen < 0 ? ~chosen : chosen, (int)count - 1);
            var next = x.narrow(0, chosen, 1);
            centers = cat([centers, next], 0);
            nearest = nearest.minimum((x - next).square().sum(1));
        }
        for (int iteration = 0; ; iteration++)
        {
            // |x|² is the same for all centers.
            var group = (centers.square().sum(1) - 2 * x.matmul(centers.t())).argmin(1);
            var shares = nn.functional.one_hot(group, groups).to(x.dtype);
            if (iteration == iterations) return shares;
            var counts = shares.sum([0L]).unsqueeze(1);
            centers = where(counts > 0, shares.t().matmul(x) / counts.clamp_min(1), centers);
        }
    }
}
