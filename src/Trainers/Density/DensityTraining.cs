using System.Text.Json;

namespace Extensions.ML.Trainers;

/// <summary>How a density of numbers is trained, besides <see cref="TrainingOptions"/>.</summary>
public sealed record DensityTraining
{
    /// <summary>
    /// Standard deviation, in scaled units, of the normal noise that is added to the rows anew in every step, at least 0. Numbers that take few
    /// values, or always the same, have no density: without noise, the more training the higher the peaks on these values, without end.
    /// Validation rows are judged as they are. Default 0.01: a hundredth of a slot's deviation where rows are standardised.
    /// </summary>
    public double Noise { get; init => field = double.IsFinite(value) && value >= 0 ? value
        : throw new ArgumentOutOfRangeException(nameof(Noise), value, "Noise must be finite and at least 0."); } = 0.01;

    /// <summary>Share of the values inside each residual block that training sets to 0, 0 to below 1. Default 0.2.</summary>
    public double Dropout { get; init => field = value is >= 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(nameof(Dropout), value, "Dropout must be from 0 to below 1."); } = 0.2;

    /// <summary>In words, for a checkpoint.</summary>
    internal string Describe() => JsonSerializer.Serialize(this);
}
