using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>A kind of density of codes with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MixtureCodeDensity), "mixture")]
[JsonDerivedType(typeof(FlowCodeDensity), "flow")]
public abstract record CodeDensity
{
    private protected CodeDensity()
    {
    }

    /// <summary>The module that holds the density, before it has learned.</summary>
    internal abstract CodeDensityModule Create(int size, int classes, int seed);

    /// <summary>Values in all parameters and buffers.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    internal abstract long CountValues(int size, int classes);
}

/// <summary>A mixture of normal distributions, fitted by expectation maximisation; one for each class where there are classes.</summary>
public sealed record MixtureCodeDensity : CodeDensity
{
    /// <summary>Normal distributions in a mixture, at least 1. Default 10.</summary>
    public int Components { get; init => field = AtLeast(value, 1); } = 10;

    /// <summary>Which covariances they have. Default <see cref="CovarianceKind.Full"/>.</summary>
    public CovarianceKind Covariance { get; init; }

    internal override CodeDensityModule Create(int size, int classes, int seed) => new MixtureCodes(this, size, classes, seed);

    internal override long CountValues(int size, int classes) => checked(Math.Max(classes, 1) * GaussianMixture.CountValues(Components, size));
}

/// <summary>A normalizing flow, trained by maximum likelihood with the options of the autoencoder.</summary>
public sealed record FlowCodeDensity : CodeDensity
{
    /// <summary>The flow. Default <see cref="FlowDesign"/> with its defaults.</summary>
    public FlowDesign Flow { get; init; } = new();

    internal override CodeDensityModule Create(int size, int classes, int seed) => new FlowCodes(this, size, classes, seed);

    internal override long CountValues(int size, int classes) => Flow.CountValues(size, classes);
}
