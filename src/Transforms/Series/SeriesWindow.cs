using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>
/// The last steps of a series as one row of numbers: step by step, oldest first, and behind them, where times are known, where the newest
/// step lies in the day and in the week. Before the series has as many steps, its first step stands for those missing.
/// </summary>
sealed class SeriesWindow
{
    // Sine and cosine of the first four harmonics draw peaks of some three hours in a day, and single days in a week.
    const int Harmonics = 4;

    /// <summary>The most values of a window: each has a name.</summary>
    public const int MostValues = 1 << 18;

    readonly int _steps, _width;
    readonly bool _calendar;
    readonly float[] _values;
    bool _started;

    /// <param name="steps">Steps in the window, at least 1.</param>
    /// <param name="width">Values in a step, at least 1.</param>
    /// <param name="calendar">Whether times are known.</param>
    public SeriesWindow(int steps, int width, bool calendar)
    {
        (_steps, _width, _calendar) = (steps, width, calendar);
        _values = new float[Size(steps, width, calendar)];
    }

    /// <summary>Numbers in a window.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are more than <see cref="MostValues"/>.</exception>
    public static int Size(int steps, int width, bool calendar) => (long)steps * width <= MostValues ? steps * width + (calendar ? 4 * Harmonics : 0)
        : throw new ArgumentOutOfRangeException(nameof(steps), steps, $"Windows of {steps} steps of {width} values need a column of more than {MostValues:N0}.");

    /// <summary>The window that ends with the newest step; valid until the next one.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Takes in a step.</summary>
    public void Add(ReadOnlySpan<float> step, DateTime time)
    {
        var values = _values.AsSpan(0, _steps * _width);
        if (_started)
            values[_width..].CopyTo(values);
        else
            for (var at = 0; at < values.Length; at += _width)
                step.CopyTo(values[at..]);
        step.CopyTo(values[^_width..]);
        _started = true;
        if (!_calendar)
            return;
        var day = time.TimeOfDay.TotalDays;
        var week = ((int)time.DayOfWeek + day) / 7;
        var place = values.Length;
        foreach (var phase in (ReadOnlySpan<double>)[day, week])
            for (var k = 1; k <= Harmonics; k++)
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * k * phase);
                (_values[place], _values[place + 1]) = ((float)sine, (float)cosine);
                place += 2;
            }
    }

    /// <summary>Names of the window's slots.</summary>
    /// <param name="steps">Steps in the window.</param>
    /// <param name="names">Names of the values of a step.</param>
    /// <param name="calendar">Whether times are known.</param>
    public static string[] SlotNames(int steps, IReadOnlyList<string> names, bool calendar) =>
    [
        .. Enumerable.Range(1 - steps, steps).SelectMany(step => names.Select(name => $"{name}[{step}]")),
        .. from period in calendar ? (string[])["day", "week"] : []
           from k in Enumerable.Range(1, Harmonics)
           from function in (string[])["sin", "cos"]
           select $"{period}.{function}{k}",
    ];
}
