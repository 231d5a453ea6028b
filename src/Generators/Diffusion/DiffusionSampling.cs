namespace Extensions.ML.Generators;

/// <summary>The rule by which a step of the reverse process takes noise out of a row.</summary>
public enum DiffusionSampler
{
    /// <summary>Song et al., "Denoising Diffusion Implicit Models", ICLR 2021, equation 12: good rows in few steps, and without new noise where
    /// <see cref="DiffusionSampling.Eta"/> is 0.</summary>
    Ddim,

    /// <summary>Ho et al. 2020, algorithm 2 with the posterior of equations 6 and 7: new noise in every step; wants many.</summary>
    Ancestral,
}

/// <summary>How rows are drawn from a diffusion model.</summary>
public sealed record DiffusionSampling : SamplingOptions
{
    /// <summary>Default <see cref="DiffusionSampler.Ddim"/>.</summary>
    public DiffusionSampler Sampler { get; init; }

    /// <summary>Steps from noise to rows, at least 1, at most those of the model's schedule, over which they are spread evenly. Default
    /// <see langword="null"/>: 50 of <see cref="DiffusionSampler.Ddim"/>, all of <see cref="DiffusionSampler.Ancestral"/>.</summary>
    public int? Steps
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Steps), value, "Steps must be at least 1.");
    }

    /// <summary>Share of new noise in a step of <see cref="DiffusionSampler.Ddim"/>, 0 to 1: at 1 it draws as
    /// <see cref="DiffusionSampler.Ancestral"/> does. Default 0.</summary>
    public double Eta
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Eta), value, "Eta must be from 0 to 1.");
    }

    /// <summary>How strongly rows follow their class, at least 0: 0 not at all, 1 as in the training rows, more to be the clearer and the less
    /// varied; any but 0 and 1 takes twice the time (Ho and Salimans 2022). Default 1.</summary>
    public double Guidance
    {
        get;
        init => field = double.IsFinite(value) && value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(Guidance), value, "Guidance must be finite and at least 0.");
    } = 1;

    /// <summary>Whether what the network takes for the row without noise is kept, in every step, within the range of rows where that is known:
    /// pixels, Boolean slots and categories. Default yes.</summary>
    public bool ClipData { get; init; } = true;
}
