using Samples.Drawing;

namespace Samples.Charts;

/// <summary>A key that says which number a colour stands for: an upright bar with the ticks of an axis.</summary>
public static class ColourBar
{
    public const float Width = 12;

    public static void Draw(Canvas canvas, ColourMap colours, Axis axis, float x, float y, float height)
    {
        // In whole real pixels, so that neighbouring steps do not mix.
        (y, height) = (MathF.Round(y), MathF.Round(height));
        for (var at = 0f; at < height; at += 0.5f)
            canvas.Rectangle(x, y + at, Width, Math.Min(0.5f, height - at), colours.At(1 - (at + 0.25f) / height));
        foreach (var (tick, label) in axis.Ticks.Zip(axis.Labels))
        {
            var place = y + height * (1 - (float)axis.Place(tick));
            canvas.Line(x + Width, place, x + Width + 4, place, Theme.Axis);
            canvas.Text(label, x + Width + 8, place + Theme.Small * 0.35f, Theme.Small, Theme.Muted);
        }
    }

    /// <summary>Room that the bar and its labels need.</summary>
    public static float WidthOf(Axis axis) => Width + 8 + axis.Labels.Max(label => StrokeFont.Measure(label, Theme.Small));
}
