using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>How the trainers of exact densities train. Their defaults: a tenth of the rows for validation, a patience of 15 epochs, a
/// <see cref="PlateauSchedule"/> that shrinks the learning rate to 0.3 of itself after 4 epochs without gain, and gradients clipped to a norm of 5.</summary>
public abstract class DensityOptions : GeneratorOptions
{
    private protected DensityOptions() : base(leastSteps: 6_000, leastEpochs: 10, mostEpochs: 200, ColumnEncoding.Linear)
    {
        ValidationFraction = 0.1;
        EarlyStoppingPatience = 15;
        Schedule = new PlateauSchedule { Shrink = 0.3, Patience = 4 };
        Clipping = new ClipByNorm(5);
    }

    /// <summary>
    /// Standard deviation, in scaled units, of the normal noise that is added to numbers anew in every step, at least 0: numbers that take few
    /// values, or always the same, have no density without. Images of a <see cref="GatedPixelCnn"/> get none. Default 0.01.
    /// </summary>
    public double Noise { get; set; } = new DensityTraining().Noise;

    /// <summary>Share of the values inside each residual block that training sets to 0, 0 to below 1. Default 0.2.</summary>
    public double Dropout { get; set; } = new DensityTraining().Dropout;

    internal override void Check()
    {
        base.Check();
        if (Precision != Precision.Float32)
            throw new ArgumentException($"Exact densities are computed in Float32; Precision is {Precision}.");
        _ = ToTraining();
    }

    internal DensityTraining ToTraining() => new() { Noise = Noise, Dropout = Dropout };
}
