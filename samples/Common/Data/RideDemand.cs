namespace Samples.Data;

/// <summary>
/// Made demand for rides in a city, every half hour: a day has its peaks, a week its weekend, and every second week something happens that
/// leaves the single values within their usual range but not in their usual place.
/// </summary>
public static class RideDemand
{
    const int StepsADay = 48;

    /// <returns>The series from a Monday on, and the stretches in which something happens.</returns>
    public static ((DateTime Time, float Value)[] Steps, (DateTime From, DateTime To)[] Windows) Simulate(int weeks, int seed)
    {
        var random = new Random(seed);
        double Noise(double sigma) => sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());

        var start = new DateTime(2024, 1, 1);
        var steps = new (DateTime Time, float Value)[weeks * 7 * StepsADay];
        var drift = 0.0;
        for (var i = 0; i < steps.Length; i++)
        {
            drift = 0.95 * drift + Noise(0.012);
            var time = start.AddMinutes(30 * i);
            steps[i] = (time, (float)(20_000 * Usual(time) * (1 + drift + Noise(0.02))));
        }

        // What happens, in turn: from which hour of a weekday on, for how many hours, and what it makes of the demand.
        (double Hour, double Hours, Func<DateTime, double> Factor)[] events =
        [
            (0, 24, time => 0.6 * Usual(time.AddDays(7 - (int)time.DayOfWeek)) / Usual(time)),  // a holiday: as on a Sunday, and less
            (13, 14, _ => 0.2),                                                                 // a storm
            (1, 3, _ => 3.5),                                                                   // a festival in the night
            (7, 12, _ => 0.55),                                                                 // a strike
        ];
        var windows = new List<(DateTime From, DateTime To)>();
        for (var week = 1; week < weeks; week += 2)
        {
            var (hour, hours, factor) = events[week / 2 % events.Length];
            var first = (week * 7 + random.Next(1, 4)) * StepsADay + (int)(2 * hour);
            var last = first + (int)(2 * hours) - 1;
            for (var i = first; i <= last; i++)
                steps[i].Value *= (float)factor(steps[i].Time);
            windows.Add((steps[first].Time, steps[last].Time));
        }
        return (steps, [.. windows]);
    }

    /// <summary>The usual demand at a time, about 1 at its highest; the weekend comes and goes over some hours.</summary>
    static double Usual(DateTime time)
    {
        var hour = time.TimeOfDay.TotalHours;
        double Peak(double at, double width) => Math.Exp(-Math.Pow((hour - at + 36) % 24 - 12, 2) / (2 * width * width));
        var weekday = 0.15 + 0.6 * Peak(8.5, 1.5) + 0.4 * Peak(13, 3.5) + 0.75 * Peak(19, 2.5);
        var weekend = 0.2 + 0.5 * Peak(1, 2) + 0.55 * Peak(16, 5);
        var share = Enumerable.Range(-4, 9).Average(hours => time.AddHours(hours).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.0 : 0);
        return share * weekend + (1 - share) * weekday;
    }
}
