using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A bound on the gradients of a step. Written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ClipByNorm), "norm")]
[JsonDerivedType(typeof(ClipByValue), "value")]
public abstract record GradientClipping
{
    private protected GradientClipping() { }

    /// <summary>Bounds the gradients in place; parameters without one are passed over. Nothing is read back from the device.</summary>
    internal abstract void Apply(IReadOnlyList<Parameter> parameters);

    private protected static double Positive(double value, string name)
        => double.IsFinite(value) && value > 0 ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and above 0.");
}

/// <summary>
/// All gradients together are scaled down to an L2 norm of at most <paramref name="MaxNorm"/> (Pascanu et al. 2013, algorithm 1).
/// </summary>
/// <param name="MaxNorm">The largest norm, above 0.</param>
public sealed record ClipByNorm(double MaxNorm) : GradientClipping
{
    /// <summary>The largest norm, above 0.</summary>
    public double MaxNorm { get; init => field = Positive(value, nameof(MaxNorm)); } = Positive(MaxNorm, nameof(MaxNorm));

    internal override void Apply(IReadOnlyList<Parameter> parameters)
    {
        var gradients = parameters.Select(p => p.grad!).Where(g => g is not null).ToArray();
        if (gradients.Length == 0) return;
        // The norm stays on the device: reading it would stop a GPU at every step.
        var norm = stack(gradients.Select(g => g.norm())).norm();
        var factor = (MaxNorm / (norm + 1e-6)).clamp_(max: 1.0);
        foreach (var gradient in gradients) gradient.mul_(factor);
    }
}

/// <summary>Every element of every gradient is brought into the range of plus or minus <paramref name="MaxValue"/>.</summary>
/// <param name="MaxValue">The largest absolute value, above 0.</param>
public sealed record ClipByValue(double MaxValue) : GradientClipping
{
    /// <summary>The largest absolute value, above 0.</summary>
    public double MaxValue { get; init => field = Positive(value, nameof(MaxValue)); } = Positive(MaxValue, nameof(MaxValue));

    internal override void Apply(IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters) parameter.grad?.clamp_(-MaxValue, MaxValue);
    }
}
