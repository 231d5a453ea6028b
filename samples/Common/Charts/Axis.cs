using System.Globalization;

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
        double[] mantissas = decades > 3 ? [1] : decades > 0.9 ? [1, 2, 5] : decades > 0.4 ? [1, 1.5, 2, 3, 4, 5, 7]
            : [1, 1.2, 1.5, 1.7, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9];
        var ticks = Enumerable.Range((int)Math.Floor(Math.Log10(min)), (int)decades + 3)
            .SelectMany(power => mantissas.Select(m => m * Math.Pow(10, power)))
            .Where(tick => tick >= min * 0.999 && tick <= max * 1.001).ToArray();
        return new Axis(min, max, true, ticks, tick => tick.ToString(tick >= 10_000 ? "#,0" : "0.########"));
    }

    /// <summary>An axis of time, in ticks of <see cref="DateTime"/>, that ends at the times given; its labels say no more than they must.</summary>
    public static Axis Time(DateTime min, DateTime max, int about = 7)
    {
        if (max <= min)
            max = min.AddSeconds(1);
        if ((max - min).TotalDays > about * 20)
        {
            var months = Steps([1, 2, 3, 6, 12, 24, 60, 120], (max - min).TotalDays / 30.4 / about);
            var start = new DateTime(min.Year, 1, 1);
            var marks = Enumerable.Range(0, 2400).Select(i => start.AddMonths((int)(i * months))).SkipWhile(t => t < min).TakeWhile(t => t <= max);
            return new Axis(min.Ticks, max.Ticks, false, [.. marks.Select(t => (double)t.Ticks)], Label(months >= 12 ? "yyyy" : "MMM yyyy"));
        }
        var seconds = Steps([1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400], (max - min).TotalSeconds / about);
        var step = (long)(seconds * TimeSpan.TicksPerSecond);
        var first = (min.Ticks + step - 1) / step;
        var ticks = Enumerable.Range(0, (int)(max.Ticks / step - first) + 1).Select(i => (double)((first + i) * step));
        return new Axis(min.Ticks, max.Ticks, false, [.. ticks],
            Label(seconds >= 86400 ? "d MMM" : seconds >= 3600 && (max - min).TotalDays > 1 ? "d MMM HH:mm" : seconds >= 60 ? "HH:mm" : "HH:mm:ss"));

        static double Steps(double[] steps, double least) => steps.FirstOrDefault(step => step >= least * 0.8, steps[^1]);
        static Func<double, string> Label(string format) => tick => new DateTime((long)tick).ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>The same axis with ticks but nothing written at them, for a frame above another.</summary>
    public Axis WithoutLabels() => new(Min, Max, Logarithmic, Ticks, _ => "");

    /// <returns>Where the value lies between the ends of the axis, from 0 to 1.</returns>
    public double Place(double value) => Logarithmic
        ? Math.Log(value / Min) / Math.Log(Max / Min)
        : (value - Min) / (Max - Min);
}
