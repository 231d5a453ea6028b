using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Samples.Drawing;

namespace Samples.Charts;

/// <summary>A named line through points.</summary>
public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points, Colour Colour);

/// <summary>Lines over one pair of axes: measurements, learning curves and receiver operating characteristics.</summary>
public static class LineChart
{
    /// <summary>Measurements, each marked by a dot.</summary>
    public static Canvas Measurements(string title, string subtitle, (string Name, Axis Axis) x, (string Name, Axis Axis) y,
        params IReadOnlyList<Series> series)
    {
        var plot = new Plot(title, subtitle, x, y);
        foreach (var s in series.Reverse())
            plot.Legend(s.Name, s.Colour);
        foreach (var s in series.Reverse()) // the first lies on top
        {
            plot.Line(s.Points, s.Colour);
            foreach (var point in s.Points)
                plot.Marker(point.X, point.Y, s.Colour);
        }
        return plot.Canvas;
    }

    /// <summary>The loss of each epoch, on a logarithmic axis, with a mark at the best of the last series.</summary>
    public static Canvas LearningCurves(string title, string subtitle, string lossName, params IReadOnlyList<Series> series)
    {
        var points = series.SelectMany(s => s.Points).Where(p => p.Y > 0).ToArray();
        var (low, high) = (points.Min(p => p.Y), points.Max(p => p.Y));
        var x = Axis.Linear(1, Math.Max(2, points.Max(p => p.X)), about: 8, tight: true);
        var plot = new Plot(title, subtitle, ("Epoch", x), (lossName, Axis.Log(low * 0.93, high * 1.07)));
        foreach (var s in series.Reverse())
            plot.Legend(s.Name, s.Colour);
        foreach (var s in series)
            plot.Line(s.Points, s.Colour);
        var best = series[^1].Points.MinBy(p => p.Y);
        plot.Marker(best.X, best.Y, series[^1].Colour);
        return plot.Canvas;
    }

    /// <summary>The losses of a training, on its rows and on those kept out of it.</summary>
    public static Canvas LearningCurves(string title, TrainingHistory history)
    {
        Series Curve(string name, Func<EpochRecord, double?> loss, Colour colour) =>
            new(name, [.. history.Epochs.Where(e => loss(e) != null).Select(e => ((double)e.Epoch, loss(e)!.Value))], colour);
        Series[] series = [Curve("training", e => e.Loss, Theme.Ours), Curve("validation", e => e.ValidationLoss, Theme.Peer)];
        return LearningCurves(title, "Mean loss over the rows of each epoch; the dot marks the lowest", "Loss",
            [.. series.Where(curve => curve.Points.Count > 0)]);
    }

    /// <summary>The share of anomalies found against the share of normal rows wrongly reported, for every possible threshold.</summary>
    public static Canvas RocCurves(string title, string subtitle, params IReadOnlyList<Series> series)
    {
        var axis = Axis.Linear(0, 1);
        var plot = new Plot(title, subtitle, ("Normal rows reported", axis), ("Anomalies found", axis), width: 520, height: 460);
        plot.Canvas.DashedLine(plot.X(0), plot.Y(0), plot.X(1), plot.Y(1), Theme.Axis, 1, 4);
        foreach (var (s, i) in series.Select((s, i) => (s, i)))
        {
            plot.Line(s.Points, s.Colour, 2.2f);
            var y = plot.Floor - 22 - (series.Count - 1 - i) * 22;
            var right = plot.X(1) - 14;
            plot.Canvas.Text(s.Name, right, y, Theme.Text, Theme.Ink, Align.Right);
            var start = right - StrokeFont.Measure(s.Name, Theme.Text) - 8;
            plot.Canvas.Line(start - 18, y - 4, start, y - 4, s.Colour, 4);
        }
        return plot.Canvas;
    }

    /// <summary>The line of a detector in <see cref="RocCurves"/>.</summary>
    public static IReadOnlyList<(double X, double Y)> Roc(DetectionCurve curve) =>
        [.. curve.Points.Select(point => (point.FalsePositiveRate, point.Recall))];
}
