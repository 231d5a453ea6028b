using System.Diagnostics;

namespace Benchmarks;

/// <summary>How long a piece of work took, in seconds.</summary>
/// <param name="Wall">On the clock on the wall.</param>
/// <param name="Processor">On the processors, all threads of the process together: what other programs disturb least.</param>
readonly record struct Timing(double Wall, double Processor)
{
    public static Timing Of(Action work)
    {
        GC.Collect();
        var processor = Environment.CpuUsage.TotalTime;
        var wall = Stopwatch.GetTimestamp();
        work();
        return new Timing(Stopwatch.GetElapsedTime(wall).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    /// <summary>The figure to compare by: processor time with one thread, wall time with more.</summary>
    public double With(int threads) => threads == 1 ? Processor : Wall;

    /// <summary>Which of the two <see cref="With"/> gives, for the unit of a row.</summary>
    public static string Clock(int threads) => threads == 1 ? "cpu" : "wall";
}

/// <summary>
/// Runs contestants in turns (A B C A B C ...), so that whatever else the machine does meets all of them alike. On a machine too
/// busy for all rounds it makes do with fewer.
/// </summary>
static class Turns
{
    const int FewestRounds = 2;
    static readonly TimeSpan s_enough = TimeSpan.FromSeconds(30);
    static readonly TimeSpan s_warm = TimeSpan.FromSeconds(2.5);

    /// <param name="rounds">Measured rounds, at least 2; fewer where they take more than half a minute together.</param>
    /// <param name="contestants">Each does its work once and gives its figure.</param>
    /// <returns>The median figure of each.</returns>
    public static double[] Medians(int rounds, params Func<double>[] contestants)
    {
        var figures = Array.ConvertAll(contestants, _ => new List<double>());
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < FewestRounds || round < rounds && watch.Elapsed < s_enough; round++)
            for (var i = 0; i < contestants.Length; i++)
                figures[i].Add(contestants[i]());
        return Array.ConvertAll(figures, Median);
    }

    /// <summary>
    /// As <see cref="Medians"/>, after work that does not count: .NET compiles what runs often a second time, better, and needs a while.
    /// </summary>
    public static double[] WarmMedians(int rounds, params Func<double>[] contestants)
    {
        foreach (var contestant in contestants)
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < s_warm;)
                contestant();
        return Medians(rounds, contestants);
    }

    static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
