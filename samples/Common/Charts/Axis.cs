namespace Samples.Charts;

/// <summary>The range of an axis, widened to round numbers, with its ticks and their labels.</summary>
public sealed class Axis
{
    Axis(double min, double max, bool logarithmic, IReadOnlyList<double> ticks, Func<double, string> label)
    {
        (Min, Max, Logarithmic, Ticks) = (min, max, logarithmic, ticks);
        Labels = [.. ticks.Select(label)];
    }

    public double Min { get; }

    public double Max { get; }

    public bool Logarithmic { get; }

    public IReadOnlyList<double> Ticks { get; }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>An axis that covers the values, with about that many ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="tight">Ends at the values instead of at a tick.</param>
    public static Axis Linear(double min, double max, int about = 5, bool tight = false)
    {
        if (!(max > min))
            (min, max) = (min - 0.5, min + 0.5);
        var rough = (max - min) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        var (first, last) = tight
            ? (Math.Ceiling(min / step - 1e-9), Math.Floor(max / step + 1e-9))
            : (Math.Floor(min / step + 1e-9), Math.Ceiling(max / step - 1e-9));
        var ticks = Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step).ToArray();
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        return tight ? new Axis(min, max, false, ticks, Label) : new Axis(ticks[0], ticks[^1], false, ticks, Label);

        string Label(double tick) => Math.Abs(tick) >= 10_000
            ? tick.ToString("#,0")
            : tick.ToString("F" + decimals).Replace('-', '−');
    }

    /// <summary>A logarithmic axis over positive values, with ticks at round numbers.</summary>
    public static Axis Log(double min, double max)
    {
        var decades = Math.Log10(max / min);
        double[] mantissas = decades > 3 ? [1] : decades > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
        var ticks = Enumerable.Range((int)Math.Floor(Math.Log10(min)), (int)decades + 3)
            .SelectMany(power => mantissas.Select(m => m * Math.Pow(10, power)))
            .Where(tick => tick >= min * 0.999 && tick <= max * 1.001).ToArray();
        return new Axis(min, max, true, ticks, tick => tick.ToString(tick >= 10_000 ? "#,0" : "0.########"));
    }

    /// <returns>Where the value lies between the ends of the axis, from 0 to 1.</returns>
    public double Place(double value) => Logarithmic
        ? Math.Log(value / Min) / Math.Log(Max / Min)
        : (value - Min) / (Max - Min);
}
