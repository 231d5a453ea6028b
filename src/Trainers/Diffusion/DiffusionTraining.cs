namespace Extensions.ML.Trainers;

/// <summary>How a diffusion model is trained, besides <see cref="TrainingOptions"/>.</summary>
public sealed record DiffusionTraining
{
    /// <summary>Decay of the moving average of the weights with which rows are drawn, from 0 (the last weights) to below 1; less in the first
    /// steps. Default 0.999.</summary>
    public double AverageDecay
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(AverageDecay), value, "AverageDecay must be from 0 to below 1.");
    } = 0.999;

    /// <summary>Share of the rows whose class is hidden from the network, from 0 to below 1, so that it learns rows of no given class too,
    /// which guidance needs (Ho and Salimans 2022, algorithm 1). Default 0.1.</summary>
    public double ClassDropout
    {
        get;
        init => field = value is >= 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(ClassDropout), value, "ClassDropout must be from 0 to below 1.");
    } = 0.1;
}
