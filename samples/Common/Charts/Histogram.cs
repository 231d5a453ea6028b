using System.Numerics;
using Samples.Drawing;

namespace Samples.Charts;

/// <summary>How a positive value is spread over normal and anomalous rows, with the threshold between them.</summary>
public static class Histogram
{
    const int Bins = 48;

    /// <param name="values">Higher is more anomalous. The axis is logarithmic; values of 0 or less count into the first bar.</param>
    public static Canvas Of(string title, string subtitle, string valueName, IReadOnlyList<(float Value, bool Anomaly)> values,
        float threshold)
    {
        var sorted = values.Select(row => (double)row.Value).Where(value => value > 0).Order().ToArray();
        var axis = Axis.Log(Math.Min(sorted[sorted.Length / 500], threshold * 0.5), Math.Max(sorted[^1], threshold * 2));
        var normal = Shares(values.Where(row => !row.Anomaly), axis);
        var anomalous = Shares(values.Where(row => row.Anomaly), axis);
        var tallest = Math.Max(normal.Max(), anomalous.Max());
        var plot = new Plot(title, subtitle, (valueName, axis), ("Share of its rows, %", Axis.Linear(0, tallest * 112)));
        plot.Legend("anomalous", Theme.Anomaly);
        plot.Legend("normal", Theme.Normal);
        Draw(plot, axis, normal, Theme.Normal);
        Draw(plot, axis, anomalous, Theme.Anomaly);
        plot.VerticalLine(threshold, "threshold", Theme.Threshold);
        return plot.Canvas;
    }

    static double[] Shares(IEnumerable<(float Value, bool Anomaly)> rows, Axis axis)
    {
        var shares = new double[Bins];
        var count = 0;
        foreach (var row in rows)
        {
            var place = axis.Place(Math.Max(row.Value, axis.Min));
            shares[Math.Clamp((int)(place * Bins), 0, Bins - 1)]++;
            count++;
        }
        return Array.ConvertAll(shares, share => share / Math.Max(1, count));
    }

    static void Draw(Plot plot, Axis axis, double[] shares, Colour colour)
    {
        double Edge(int bin) => axis.Min * Math.Pow(axis.Max / axis.Min, bin / (double)Bins);
        var outline = new List<Vector2> { new(plot.X(axis.Min), plot.Floor) };
        for (var bin = 0; bin < Bins; bin++)
            outline.AddRange([new(plot.X(Edge(bin)), plot.Y(shares[bin] * 100)), new(plot.X(Edge(bin + 1)), plot.Y(shares[bin] * 100))]);
        outline.Add(new(plot.X(axis.Max), plot.Floor));
        plot.Canvas.Polygon(outline, colour.Fade(0.28f));
        plot.Canvas.Strokes([[.. outline]], colour, 1.4f);
    }
}
