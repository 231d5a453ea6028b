using System.Numerics;
using Samples.Drawing;

namespace Samples.Charts;

/// <summary>A titled frame with two axes, on which the charts draw their marks in data coordinates.</summary>
public sealed class Plot
{
    const float Top = 62, Bottom = 50, Right = 22;

    readonly float left;
    readonly Axis x, y;
    float legendEnd;

    /// <param name="subtitle">A line under the title that says what is drawn; may be empty.</param>
    public Plot(string title, string subtitle, (string Name, Axis Axis) x, (string Name, Axis Axis) y, int width = 720, int height = 380)
    {
        (this.x, this.y) = (x.Axis, y.Axis);
        Canvas = new Canvas(width, height, Theme.Paper);
        var widest = y.Axis.Labels.Max(label => StrokeFont.Measure(label, Theme.Small));
        left = 18 + Theme.Text + 10 + widest + 8;
        legendEnd = width - Right;

        Canvas.Text(title, 18, 28, Theme.Title, Theme.Ink, bold: true);
        Canvas.Text(subtitle, 18, 47, Theme.Small, Theme.Muted);
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
        Canvas.Text(x.Name, (left + width - Right) / 2, height - 13, Theme.Text, Theme.Ink, Align.Centre);
        Canvas.Text(y.Name, 24, (Top + Floor) / 2, Theme.Text, Theme.Ink, Align.Centre, angle: 90);
    }

    public Canvas Canvas { get; }

    public float Floor => Canvas.Height - Bottom;

    public float X(double value) => left + (float)x.Place(value) * (Canvas.Width - Right - left);

    public float Y(double value) => Floor - (float)y.Place(value) * (Floor - Top);

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
        Canvas.DashedLine(place, Top, place, Floor, colour, 1.3f);
        var right = place + 8 + StrokeFont.Measure(label, Theme.Small) < Canvas.Width - Right;
        Canvas.Text(label, place + (right ? 7 : -7), Top + 10, Theme.Small, colour, right ? Align.Left : Align.Right);
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
