using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>
/// How much noise each step of a diffusion adds to a row until nothing of it is left (Ho et al., "Denoising Diffusion Probabilistic Models",
/// NeurIPS 2020). Written to JSON by its <c>kind</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(LinearNoise), "linear")]
[JsonDerivedType(typeof(CosineNoise), "cosine")]
public abstract record NoiseSchedule
{
    const int MostSteps = 100_000;

    private protected NoiseSchedule()
    {
    }

    /// <summary>Number of steps, 2 to 100,000. Default 1,000.</summary>
    public int Steps
    {
        get;
        init => field = value is >= 2 and <= MostSteps ? value
            : throw new ArgumentOutOfRangeException(nameof(Steps), value, $"Steps must be from 2 to {MostSteps}.");
    } = 1000;

    /// <summary>The variance that each step adds: <c>β</c> of each time.</summary>
    /// <returns><see cref="Steps"/> values above 0 and below 1.</returns>
    internal abstract double[] Variances();

    private protected static double BelowOne(double value, [CallerMemberName] string name = "") => value is > 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and below 1.");
}

/// <summary>The variance of a step rises in a straight line (Ho et al. 2020, section 4).</summary>
public sealed record LinearNoise : NoiseSchedule
{
    const double LargestVariance = 0.999;

    /// <summary>Variance that the first of 1,000 steps adds, above 0 and below 1; of fewer steps, each adds more in proportion. Default
    /// 0.0001.</summary>
    public double FirstVariance { get; init => field = BelowOne(value); } = 1e-4;

    /// <summary>Variance that the last of 1,000 steps adds, above 0 and below 1. Default 0.02.</summary>
    public double LastVariance { get; init => field = BelowOne(value); } = 0.02;

    internal override double[] Variances()
    {
        double scale = 1000.0 / Steps;
        return [.. Enumerable.Range(0, Steps).Select(t =>
            Math.Min(LargestVariance, scale * (FirstVariance + (LastVariance - FirstVariance) * t / (Steps - 1))))];
    }
}

/// <summary>
/// What is left of the row falls as a squared cosine, so that small images are not drowned in noise too early (Nichol and Dhariwal, "Improved
/// Denoising Diffusion Probabilistic Models", ICML 2021, equation 17).
/// </summary>
public sealed record CosineNoise : NoiseSchedule
{
    const double LargestVariance = 0.999; // so that the last step is no singularity, as in the paper

    /// <summary>Keeps the first steps from being too small, above 0 and below 1. Default 0.008.</summary>
    public double Offset { get; init => field = BelowOne(value); } = 0.008;

    internal override double[] Variances() =>
        [.. Enumerable.Range(0, Steps).Select(t => Math.Min(LargestVariance, 1 - Left(t + 1) / Left(t)))];

    double Left(int steps)
    {
        double cosine = Math.Cos(((double)steps / Steps + Offset) / (1 + Offset) * (Math.PI / 2));
        return cosine * cosine;
    }
}
