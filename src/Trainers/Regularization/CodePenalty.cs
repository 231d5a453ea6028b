using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A term that training adds to the reconstruction loss: <see cref="Weight"/> times a property of the code.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AbsoluteSparsity), "l1")]
[JsonDerivedType(typeof(TargetSparsity), "kullback-leibler")]
[JsonDerivedType(typeof(Contraction), "contractive")]
public abstract record CodePenalty
{
    private protected CodePenalty(double weight) => Weight = weight;

    /// <summary>What the property is multiplied by, at least 0.</summary>
    public double Weight
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(Weight), value, "Weight must be finite and at least 0.");
    }

    /// <summary>Whether the input must take gradients before it is encoded.</summary>
    internal virtual bool NeedsInputGradient => false;

    /// <summary>The term.</summary>
    /// <param name="code">[rows, code size], computed from <paramref name="input"/>.</param>
    /// <param name="input">[rows, width]</param>
    /// <returns>A scalar.</returns>
    internal abstract Tensor Compute(Tensor code, Tensor input);
}

/// <summary>Sparse codes by their absolute values: the sum over the code's units of |z|, mean over the rows.</summary>
public sealed record AbsoluteSparsity() : CodePenalty(1e-3)
{
    internal override Tensor Compute(Tensor code, Tensor input) => Weight * code.abs().sum(1).mean();
}

/// <summary>
/// Sparse codes by a target for each unit's mean activation over the batch:
/// <c>Σ ρ ln(ρ/ρ̂) + (1 - ρ) ln((1 - ρ)/(1 - ρ̂))</c> over the units (Ng, "Sparse autoencoder", CS294A lecture notes 2011, section 3; after
/// Lee et al. 2008). The code must lie between 0 and 1: <see cref="DenseNetwork.CodeActivation"/> Sigmoid.
/// </summary>
public sealed record TargetSparsity() : CodePenalty(0.1)
{
    const double Least = 1e-6; // keeps the logarithms finite where a unit is fully on or off

    /// <summary>The mean activation ρ that every unit is drawn to, above 0 and below 1. Default 0.05.</summary>
    public double Target
    {
        get;
        init => field = value is > 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(Target), value, "Target must be above 0 and below 1.");
    } = 0.05;

    internal override Tensor Compute(Tensor code, Tensor input)
    {
        var mean = code.mean([0]).clamp(Least, 1 - Least);
        return Weight * (Target * (Math.Log(Target) - mean.log()) + (1 - Target) * (Math.Log(1 - Target) - (1 - mean).log())).sum();
    }
}

/// <summary>
/// Codes that small changes of the input leave alone: the squared Frobenius norm of the Jacobian <c>∂z/∂x</c>, mean over the rows (Rifai et
/// al., "Contractive Auto-Encoders", ICML 2011, equation 1). Works for any network: the norm is the expectation of <c>|vᵀJ|²</c> over
/// vectors v of independent signs (Hutchinson 1990), drawn anew in every step.
/// </summary>
public sealed record Contraction() : CodePenalty(0.1)
{
    /// <summary>Vectors drawn in each step, at least 1; each costs about as much as a step without the penalty. As many as the code has
    /// values, or more: the norm is computed exactly. Default 1.</summary>
    public int Probes
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Probes), value, "Probes must be at least 1.");
    } = 1;

    internal override bool NeedsInputGradient => true;

    internal override Tensor Compute(Tensor code, Tensor input)
    {
        long size = code.shape[1];
        bool exact = Probes >= size;
        var sum = zeros(1, dtype: code.dtype, device: code.device);
        for (long k = 0; k < (exact ? size : Probes); k++)
        {
            var direction = exact ? zeros_like(code) : randn_like(code).sign();
            if (exact) direction.select(1, k).fill_(1);
            var gradient = autograd.grad([code], [input], [direction], retain_graph: true, create_graph: true)[0];
            sum = sum + gradient.square().sum();
        }
        return Weight * sum.sum() / ((exact ? 1 : Probes) * input.shape[0]);
    }
}
