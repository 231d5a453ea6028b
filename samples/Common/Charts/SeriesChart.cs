using Samples.Drawing;

namespace Samples.Charts;

/// <summary>A series over time, under it the score of a detector with its threshold, and in both the windows labelled anomalous.</summary>
public static class SeriesChart
{
    /// <param name="Times">Ascending.</param>
    /// <param name="Values">One for each time.</param>
    /// <param name="Scores">One for each time; higher is more anomalous.</param>
    /// <param name="Windows">Stretches labelled anomalous.</param>
    /// <param name="Expected">What the detector expected, one value for each time; <see langword="null"/> draws none.</param>
    public sealed record Scored(IReadOnlyList<DateTime> Times, IReadOnlyList<float> Values, IReadOnlyList<float> Scores, float Threshold,
        IReadOnlyList<(DateTime From, DateTime To)> Windows, IReadOnlyList<float>? Expected = null);

    public static Canvas Of(string title, string subtitle, string valueName, Scored series)
    {
        const int width = 960, height = 470;
        const float top = 80, middle = 286, lower = 308, bottom = height - 50;
        var canvas = new Canvas(width, height, Theme.Paper);
        canvas.Text(title, 18, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, 18, 47, Theme.Small, Theme.Muted);
        var time = Axis.Time(series.Times[0], series.Times[^1]);
        var drawn = series.Values.Concat(series.Expected ?? []);
        var values = Axis.Linear(drawn.Min(), drawn.Max());
        var scores = Axis.Linear(Math.Min(0, series.Scores.Min()), Math.Max(series.Scores.Max(), series.Threshold), about: 3);
        var left = Math.Max(Plot.LeftOf(values), Plot.LeftOf(scores));
        var above = new Plot(canvas, top, middle, left, ("", time.WithoutLabels()), (valueName, values));
        var below = new Plot(canvas, lower, bottom, left, ("Time", time), ("Score", scores));

        foreach (var (from, to) in series.Windows.Where(window => window.To >= series.Times[0] && window.From <= series.Times[^1]))
        {
            above.Shade(from.Ticks, to.Ticks, Theme.Window);
            below.Shade(from.Ticks, to.Ticks, Theme.Window);
        }
        above.Line(Thinned(series.Times, series.Values), Theme.Normal, 1.1f);
        if (series.Expected != null)
            above.Line(Thinned(series.Times, series.Expected), Theme.Peer, 1.1f);
        below.Line(Thinned(series.Times, series.Scores), Theme.Ours, 1.1f);
        below.HorizontalLine(series.Threshold, "threshold", Theme.Threshold);

        foreach (var run in Reports(series))
        {
            above.Marker(series.Times[run].Ticks, series.Values[run], Theme.Anomaly);
            below.Marker(series.Times[run].Ticks, series.Scores[run], Theme.Anomaly);
        }
        above.Legend("reported", Theme.Anomaly);
        if (series.Windows.Count > 0)
            above.Legend("labelled anomalous", Theme.WindowEdge);
        if (series.Expected != null)
            above.Legend("expected", Theme.Peer);
        return canvas;
    }

    /// <summary>Of more points than the width can show, the lowest and the highest of each small stretch.</summary>
    static IEnumerable<(double X, double Y)> Thinned(IReadOnlyList<DateTime> times, IReadOnlyList<float> values)
    {
        const int stretches = 1200;
        var points = Enumerable.Range(0, times.Count).Select(i => (X: (double)times[i].Ticks, Y: (double)values[i]));
        return times.Count <= 2 * stretches ? points : points.Chunk((times.Count + stretches - 1) / stretches)
            .SelectMany(chunk => new[] { chunk.MinBy(p => p.Y), chunk.MaxBy(p => p.Y) }.OrderBy(p => p.X));
    }

    /// <summary>The highest score of each stretch with steps above the threshold; steps that the chart could not part are one stretch.</summary>
    static IEnumerable<int> Reports(Scored series)
    {
        var apart = (series.Times[^1] - series.Times[0]) / 80;
        var (best, last) = (-1, DateTime.MinValue);
        for (var i = 0; i < series.Scores.Count; i++)
        {
            if (series.Scores[i] <= series.Threshold)
                continue;
            if (best >= 0 && series.Times[i] - last > apart)
            {
                yield return best;
                best = -1;
            }
            best = best < 0 || series.Scores[i] > series.Scores[best] ? i : best;
            last = series.Times[i];
        }
        if (best >= 0)
            yield return best;
    }
}
