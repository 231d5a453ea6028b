using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>
/// How the learning rate runs from step to step, as a factor on the optimiser's rate: a pure function of the place in the run, so that
/// nothing need be saved to resume. Written to JSON by its <c>kind</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(StepSchedule), "step")]
[JsonDerivedType(typeof(ExponentialSchedule), "exponential")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(InverseSquareRootSchedule), "inverse-square-root")]
[JsonDerivedType(typeof(PlateauSchedule), "plateau")]
public abstract record LearningRateSchedule
{
    private protected LearningRateSchedule() { }

    /// <summary>
    /// Steps over which the rate first rises in a straight line from near 0 to its peak, at least 0 (the default, but 4,000 for
    /// <see cref="InverseSquareRootSchedule"/>). The first step has <c>1 / WarmupSteps</c> of the peak.
    /// </summary>
    public int WarmupSteps { get; init => field = AtLeast(value, 0); }

    /// <summary>The factor on the optimiser's learning rate for one step.</summary>
    /// <param name="point">The place in the run.</param>
    /// <returns>From 0 to 1.</returns>
    public double Factor(in SchedulePoint point)
        => point.Step < WarmupSteps ? (point.Step + 1.0) / WarmupSteps : Decay(point);

    private protected abstract double Decay(in SchedulePoint point);

    private protected static double Share(double value, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
        => value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 1.");
}

/// <summary>A place in a training run, from which a <see cref="LearningRateSchedule"/> tells the rate.</summary>
/// <param name="step">Steps done before this one, over all epochs.</param>
/// <param name="totalSteps">Steps of the whole run.</param>
/// <param name="epoch">Epochs done before this one.</param>
/// <param name="losses">The monitored loss of each epoch done: the validation loss where there is one, else the training loss.</param>
public readonly ref struct SchedulePoint(long step, long totalSteps, int epoch, ReadOnlySpan<double> losses)
{
    /// <summary>Steps done before this one, over all epochs.</summary>
    public long Step { get; } = step;

    /// <summary>Steps of the whole run.</summary>
    public long TotalSteps { get; } = totalSteps;

    /// <summary>Epochs done before this one.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>The monitored loss of each epoch done.</summary>
    public ReadOnlySpan<double> Losses { get; } = losses;
}

/// <summary>The same rate throughout.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    private protected override double Decay(in SchedulePoint point) => 1;
}

/// <summary>The rate is multiplied by <see cref="Gamma"/> after every <see cref="EveryEpochs"/> epochs.</summary>
public sealed record StepSchedule : LearningRateSchedule
{
    /// <summary>Epochs between two drops, at least 1. Default 10.</summary>
    public int EveryEpochs { get; init => field = AtLeast(value, 1); } = 10;

    /// <summary>Factor of each drop, 0 to 1. Default 0.1.</summary>
    public double Gamma { get; init => field = Share(value); } = 0.1;

    private protected override double Decay(in SchedulePoint point) => Math.Pow(Gamma, point.Epoch / EveryEpochs);
}

/// <summary>The rate is multiplied by <see cref="Gamma"/> after every epoch.</summary>
public sealed record ExponentialSchedule : LearningRateSchedule
{
    /// <summary>Factor of each epoch, 0 to 1. Default 0.95.</summary>
    public double Gamma { get; init => field = Share(value); } = 0.95;

    private protected override double Decay(in SchedulePoint point) => Math.Pow(Gamma, point.Epoch);
}

/// <summary>
/// Half a cosine wave from the peak down to <see cref="Floor"/> of it over the steps of the run after the warm-up
/// (Loshchilov and Hutter 2017, equation 5, without restarts).
/// </summary>
public sealed record CosineSchedule : LearningRateSchedule
{
    /// <summary>Share of the peak that remains at the end, 0 (the default) to 1.</summary>
    public double Floor { get; init => field = Share(value); }

    private protected override double Decay(in SchedulePoint point)
    {
        double done = (double)(point.Step - WarmupSteps) / Math.Max(1, point.TotalSteps - WarmupSteps);
        return Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * Math.Min(1, done))) / 2;
    }
}

/// <summary>
/// A linear rise, then a fall with the inverse square root of the step (Vaswani et al. 2017, equation 3, scaled so that the peak is the
/// optimiser's rate).
/// </summary>
public sealed record InverseSquareRootSchedule : LearningRateSchedule
{
    /// <summary>The paper's warm-up of 4,000 steps.</summary>
    public InverseSquareRootSchedule() => WarmupSteps = 4000;

    private protected override double Decay(in SchedulePoint point) => Math.Sqrt(Math.Max(1, WarmupSteps) / (point.Step + 1.0));
}

/// <summary>The rate is multiplied by <see cref="Shrink"/> whenever the monitored loss has not become better for more than
/// <see cref="Patience"/> epochs.</summary>
public sealed record PlateauSchedule : LearningRateSchedule
{
    /// <summary>Factor of each drop, 0 to 1. Default 0.1.</summary>
    public double Shrink { get; init => field = Share(value); } = 0.1;

    /// <summary>Epochs without a better loss that are accepted, at least 0. Default 10.</summary>
    public int Patience { get; init => field = AtLeast(value, 0); } = 10;

    /// <summary>A loss is better when it is lower than the best so far by more than this share of it, 0 to 1. Default 0.0001.</summary>
    public double Threshold { get; init => field = Share(value); } = 1e-4;

    /// <summary>Epochs after a drop in which none is counted as bad, at least 0. Default 0.</summary>
    public int Cooldown { get; init => field = AtLeast(value, 0); }

    /// <summary>Share of the peak below which the rate does not fall, 0 (the default) to 1.</summary>
    public double Floor { get; init => field = Share(value); }

    private protected override double Decay(in SchedulePoint point)
    {
        double factor = 1, best = double.PositiveInfinity;
        int bad = 0, cooling = 0;
        foreach (double loss in point.Losses)
        {
            if (best == double.PositiveInfinity || loss < best - Threshold * Math.Abs(best)) (best, bad) = (loss, 0);
            else bad++;
            if (cooling > 0) (cooling, bad) = (cooling - 1, 0);
            if (bad <= Patience) continue;
            factor = Math.Max(factor * Shrink, Floor);
            (cooling, bad) = (Cooldown, 0);
        }
        return factor;
    }
}
