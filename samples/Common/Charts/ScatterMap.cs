using Samples.Drawing;

namespace Samples.Charts;

/// <summary>Points of several classes in the plane: the code space of a network in two dimensions.</summary>
public static class ScatterMap
{
    /// <param name="places">The plane has no unit: both directions are scaled alike, and only nearness is to be read.</param>
    /// <param name="labels">The class of each point, an index into <paramref name="names"/>.</param>
    /// <param name="names">Of the classes, ten at most.</param>
    /// <param name="axes">Names of the axes, where they mean something.</param>
    public static Canvas Of(string title, string subtitle, IReadOnlyList<(double X, double Y)> places, IReadOnlyList<int> labels,
        IReadOnlyList<string> names, (string X, string Y)? axes = null)
    {
        const int width = 620;
        const float top = 62, side = 470, margin = 18;
        var left = margin + (axes == null ? 0 : Theme.Text + 10);
        var canvas = new Canvas(width, (int)(top + side + margin + (axes == null ? 0 : Theme.Text + 8)), Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);
        canvas.Rectangle(left, top, side, side, Colour.Of("FAFBFC"));
        canvas.Strokes([[new(left, top), new(left + side, top), new(left + side, top + side), new(left, top + side), new(left, top)]], Theme.Grid, 1);
        if (axes is var (nameX, nameY))
        {
            canvas.Text(nameX, left + side / 2, top + side + 18, Theme.Text, Theme.Ink, Align.Centre);
            canvas.Text(nameY, margin + Theme.Text * 0.7f, top + side / 2, Theme.Text, Theme.Ink, Align.Centre, angle: 90);
        }

        var (lowX, highX) = (places.Min(p => p.X), places.Max(p => p.X));
        var (lowY, highY) = (places.Min(p => p.Y), places.Max(p => p.Y));
        var scale = (side - 36) / Math.Max(Math.Max(highX - lowX, highY - lowY), 1e-12);
        float X(double x) => left + side / 2 + (float)((x - (lowX + highX) / 2) * scale);
        float Y(double y) => top + side / 2 - (float)((y - (lowY + highY) / 2) * scale);

        // In an order that has nothing to do with the classes, or the last one would lie over all others.
        var radius = places.Count > 800 ? 2.1f : places.Count > 200 ? 2.8f : 3.6f;
        foreach (var i in Enumerable.Range(0, places.Count).OrderBy(i => (uint)i * 2654435761u))
            canvas.Disc(X(places[i].X), Y(places[i].Y), radius, Theme.Classes[labels[i] % Theme.Classes.Count].Fade(0.8f));

        var entry = top + 12;
        foreach (var (name, label) in names.Select((name, label) => (name, label)))
        {
            canvas.Disc(left + side + 24, entry, 5, Theme.Classes[label % Theme.Classes.Count]);
            canvas.Text(name, left + side + 36, entry + Theme.Text * 0.35f, Theme.Text, Theme.Ink);
            entry += 22;
        }
        return canvas;
    }
}
