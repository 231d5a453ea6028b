using System.Numerics;
using Samples.Drawing;

namespace Samples.Charts;

/// <summary>A titled frame with two axes, on which the charts draw their marks in data coordinates.</summary>
public sealed class Plot
{
    const float Right = 22;

    readonly float left, top;
    readonly Axis x, y;
    float legendEnd;

    /// <param name="subtitle">A line under the title that says what is drawn; may be empty.</param>
    public Plot(string title, string subtitle, (string Name, Axis Axis) x, (string Name, Axis Axis) y, int width = 720, int height = 380)
        : this(new Canvas(width, height, Theme.Paper), 62, height - 50, LeftOf(y.Axis), x, y)
    {
        Canvas.Text(title, 18, 28, Theme.Title, Theme.Ink, bold: true);
        Canvas.Text(subtitle, 18, 47, Theme.Small, Theme.Muted);
    }

    /// <summary>One of several frames under each other on one canvas. The lowest has the name of the horizontal axis.</summary>
    public Plot(Canvas canvas, float top, float floor, float left, (string Name, Axis Axis) x, (string Name, Axis Axis) y)
    {
        (Canvas, this.top, Floor, this.left) = (canvas, top, floor, left);
        (this.x, this.y) = (x.Axis, y.Axis);
        var width = canvas.Width;
        legendEnd = width - Right;
        foreach (var (tick, label) in y.Axis.Ticks.Zip(y.Axis.Labels))
        {
            var at = Y(tick);
            Canvas.Line(left, at, width - Right, at, Theme.Grid);
            Canvas.Text(label, left - 8, at + Theme.Small * 0.35f, Theme.Small, Theme.Muted, Align.Right);
        }
        foreach (var (tick, label) in x.Axis.Ticks.Zip(x.Axis.Labels))
        {
            Canvas.Line(X(tick), Floor, X(tick), Floor + 4, Theme.Axis);
            Canvas.Text(label, X(tick), Floor + 18, Theme.Small, Theme.Muted, Align.Centre);
        }
        Canvas.Line(left, Floor, width - Right, Floor, Theme.Axis);
        Canvas.Text(x.Name, (left + width - Right) / 2, Floor + 37, Theme.Text, Theme.Ink, Align.Centre);
        Canvas.Text(y.Name, 24, (top + Floor) / 2, Theme.Text, Theme.Ink, Align.Centre, angle: 90);
    }

    public Canvas Canvas { get; }

    public float Floor { get; }

    /// <summary>How far right a frame must start to have room for the labels of its vertical axis.</summary>
    public static float LeftOf(Axis y) => 18 + Theme.Text + 10 + y.Labels.Max(label => StrokeFont.Measure(label, Theme.Small)) + 8;

    public float X(double value) => left + (float)x.Place(value) * (Canvas.Width - Right - left);

    public float Y(double value) => Floor - (float)y.Place(value) * (Floor - top);

    public void Line(IEnumerable<(double X, double Y)> points, Colour colour, float width = 2) =>
        Canvas.Strokes([[.. points.Select(p => new Vector2(X(p.X), Y(p.Y)))]], colour, width);

    public void Marker(double atX, double atY, Colour colour)
    {
        Canvas.Disc(X(atX), Y(atY), 5.5f, Theme.Paper);
        Canvas.Disc(X(atX), Y(atY), 4, colour);
    }

    public void VerticalLine(double at, string label, Colour colour)
    {
        var place = X(at);
        Canvas.DashedLine(place, top, place, Floor, colour, 1.3f);
        var right = place + 8 + StrokeFont.Measure(label, Theme.Small) < Canvas.Width - Right;
        Canvas.Text(label, place + (right ? 7 : -7), top + 10, Theme.Small, colour, right ? Align.Left : Align.Right);
    }

    /// <summary>Shades a stretch of the horizontal axis over the whole height; at least as wide as can be seen.</summary>
    public void Shade(double from, double to, Colour colour)
    {
        var (start, end) = (X(Math.Clamp(from, x.Min, x.Max)), X(Math.Clamp(to, x.Min, x.Max)));
        var width = Math.Max(end - start, 2);
        Canvas.Rectangle((start + end - width) / 2, top, width, Floor - top, colour);
    }

    public void HorizontalLine(double at, string label, Colour colour)
    {
        Canvas.DashedLine(left, Y(at), Canvas.Width - Right, Y(at), colour, 1.3f);
        Canvas.Text(label, Canvas.Width - Right, Y(at) - 6, Theme.Small, colour, Align.Right);
    }

    /// <summary>Adds an entry to the legend, which grows from the right end of the line above the plot.</summary>
    public void Legend(string name, Colour colour)
    {
        Canvas.Text(name, legendEnd, 28, Theme.Text, Theme.Ink, Align.Right);
        legendEnd -= StrokeFont.Measure(name, Theme.Text) + 8;
        Canvas.Line(legendEnd - 18, 28 - Theme.Text * 0.32f, legendEnd, 28 - Theme.Text * 0.32f, colour, 4);
        legendEnd -= 18 + 20;
    }
}
