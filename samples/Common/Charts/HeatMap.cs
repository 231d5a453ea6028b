using Samples.Drawing;

namespace Samples.Charts;

/// <summary>A table of numbers as colours: which class meets which, which code unit answers to which.</summary>
public static class HeatMap
{
    /// <param name="values">Row by row, as many in each as there are <paramref name="columns"/>.</param>
    /// <param name="signed">Blue and red from zero, as far as the largest magnitude; otherwise light to dark from zero or the smallest.</param>
    public static Canvas Of(string title, string subtitle, (string Name, IReadOnlyList<string> Labels) rows,
        (string Name, IReadOnlyList<string> Labels) columns, IReadOnlyList<float[]> values, bool signed = false)
    {
        const float top = 62, margin = 18;
        var largest = values.Max(row => row.Max(MathF.Abs));
        var smallest = values.Min(row => row.Min());
        var axis = signed ? Axis.Linear(-largest, largest, about: 6, tight: true) : Axis.Linear(Math.Min(0, smallest), largest, about: 6, tight: true);
        var colours = signed ? ColourMap.Diverging : ColourMap.Sequential;

        var left = margin + Theme.Text + 10 + rows.Labels.Max(label => StrokeFont.Measure(label, Theme.Small)) + 8;
        var bar = ColourBar.WidthOf(axis);
        const int width = 720;
        var room = width - left - margin - bar - 18;
        var cellWidth = Math.Min(room / columns.Labels.Count, 64);
        var cellHeight = Math.Clamp(cellWidth, 14, Math.Max(14, Math.Min(34, 380f / rows.Labels.Count)));
        var (across, down) = (cellWidth * columns.Labels.Count, cellHeight * rows.Labels.Count);
        var canvas = new Canvas(width, (int)(top + down + 52), Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);

        for (var row = 0; row < rows.Labels.Count; row++)
            for (var column = 0; column < columns.Labels.Count; column++)
                canvas.Rectangle(left + column * cellWidth, top + row * cellHeight, cellWidth - 0.5f, cellHeight - 0.5f,
                    colours.At(axis.Place(values[row][column])));
        foreach (var i in Shown(rows.Labels.Count, cellHeight, Theme.Small + 2))
            canvas.Text(rows.Labels[i], left - 8, top + (i + 0.5f) * cellHeight + Theme.Small * 0.35f, Theme.Small, Theme.Muted, Align.Right);
        var widest = columns.Labels.Max(label => StrokeFont.Measure(label, Theme.Small));
        foreach (var i in Shown(columns.Labels.Count, cellWidth, widest + 6))
            canvas.Text(columns.Labels[i], left + (i + 0.5f) * cellWidth, top + down + 16, Theme.Small, Theme.Muted, Align.Centre);
        canvas.Text(rows.Name, 24, top + down / 2, Theme.Text, Theme.Ink, Align.Centre, angle: 90);
        canvas.Text(columns.Name, left + across / 2, top + down + 36, Theme.Text, Theme.Ink, Align.Centre);
        ColourBar.Draw(canvas, colours, axis, left + across + 18, top, down);
        return canvas;
    }

    /// <summary>Every label, or every second, third and so on where they would touch.</summary>
    static IEnumerable<int> Shown(int count, float size, float needed)
    {
        var step = Math.Max(1, (int)MathF.Ceiling(needed / size));
        return Enumerable.Range(0, count).Where(i => i % step == 0);
    }
}
