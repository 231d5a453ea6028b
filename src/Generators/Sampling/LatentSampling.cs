namespace Extensions.ML.Generators;

/// <summary>How rows are drawn from a model that makes them of latent vectors.</summary>
public sealed record LatentSampling : SamplingOptions
{
    /// <summary>What latent vectors are multiplied by, at least 0: below 1, rows are more typical and less varied. Default 1.</summary>
    public double Temperature
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(Temperature), value, "Temperature must be finite and at least 0.");
    } = 1;

    /// <summary>Whether what a latent vector leaves open (a pixel's noise, a category) is drawn too, instead of taking the likeliest.
    /// Default <see langword="null"/>: as suits the model, drawn for tables and not for images.</summary>
    public bool? DrawOutputs { get; init; }
}
