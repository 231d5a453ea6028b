using System.Numerics;
using Samples.Drawing;

namespace Samples.Charts;

/// <summary>How the scores of normal and anomalous rows are spread, with the threshold between them.</summary>
public static class Histogram
{
    const int Bins = 60;

    /// <param name="scored">Higher scores are more anomalous; they may be negative.</param>
    public static Canvas Of(string title, string subtitle, IReadOnlyList<(float Score, bool Anomaly)> scored, float threshold)
    {
        // A few rows can lie far above all others: the last bar takes whatever is beyond the range.
        var sorted = scored.Select(row => (double)row.Score).Order().ToArray();
        var anomalies = scored.Where(row => row.Anomaly).Select(row => (double)row.Score).Order().ToArray();
        var low = sorted[sorted.Length / 500];
        var high = Math.Max(anomalies[anomalies.Length * 8 / 10], sorted[sorted.Length * 99 / 100]);
        high = Math.Max(high, threshold + 0.25 * (threshold - low));
        var axis = Axis.Linear(low, high, about: 8, tight: true);

        var normal = Shares(scored.Where(row => !row.Anomaly), axis);
        var anomalous = Shares(scored.Where(row => row.Anomaly), axis);
        var tallest = Math.Max(normal.Max(), anomalous.Max());
        var plot = new Plot(title, subtitle, ("Score (the last bar holds all higher ones)", axis), ("Share of its rows, %", Axis.Linear(0, tallest * 100)));
        plot.Legend("anomalous", Theme.Anomaly);
        plot.Legend("normal", Theme.Normal);
        Draw(plot, axis, normal, Theme.Normal);
        Draw(plot, axis, anomalous, Theme.Anomaly);
        plot.VerticalLine(threshold, "threshold", Theme.Threshold);
        return plot.Canvas;
    }

    static double[] Shares(IEnumerable<(float Score, bool Anomaly)> rows, Axis axis)
    {
        var shares = new double[Bins];
        var count = 0;
        foreach (var row in rows)
        {
            shares[Math.Clamp((int)(axis.Place(row.Score) * Bins), 0, Bins - 1)]++;
            count++;
        }
        return Array.ConvertAll(shares, share => share / Math.Max(1, count));
    }

    static void Draw(Plot plot, Axis axis, double[] shares, Colour colour)
    {
        double Edge(int bin) => axis.Min + (axis.Max - axis.Min) * bin / Bins;
        var outline = new List<Vector2> { new(plot.X(axis.Min), plot.Floor) };
        for (var bin = 0; bin < Bins; bin++)
            outline.AddRange([new(plot.X(Edge(bin)), plot.Y(shares[bin] * 100)), new(plot.X(Edge(bin + 1)), plot.Y(shares[bin] * 100))]);
        outline.Add(new(plot.X(axis.Max), plot.Floor));
        plot.Canvas.Polygon(outline, colour.Fade(0.28f));
        plot.Canvas.Strokes([[.. outline]], colour, 1.4f);
    }
}
