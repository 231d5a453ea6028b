using Samples.Drawing;

namespace Samples.Charts;

/// <summary>Named shares as horizontal bars, in small panels side by side: what made each of the strongest anomalies stand out.</summary>
public static class BarChart
{
    public sealed record Panel(string Title, string Subtitle, IReadOnlyList<(string Name, double Share)> Bars);

    /// <param name="panels">Shares from 0 to 1, drawn in the order given.</param>
    public static Canvas Of(string title, string subtitle, IReadOnlyList<Panel> panels, Colour colour)
    {
        const float top = 70, rowHeight = 24, gap = 22, margin = 18;
        var rows = panels.Max(panel => panel.Bars.Count);
        var height = (int)(top + 42 + rows * rowHeight + 10);
        var canvas = new Canvas(720, height, Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);

        var width = (canvas.Width - 2 * margin - gap * (panels.Count - 1)) / panels.Count;
        var longest = panels.SelectMany(panel => panel.Bars).Max(bar => bar.Share);
        var names = panels.SelectMany(panel => panel.Bars).Max(bar => StrokeFont.Measure(bar.Name, Theme.Small)) + 10;
        var figures = StrokeFont.Measure("100 %", Theme.Small) + 8;
        foreach (var (panel, i) in panels.Select((panel, i) => (panel, i)))
        {
            var left = margin + i * (width + gap);
            canvas.Text(panel.Title, left, top + 8, Theme.Text, Theme.Ink, bold: true);
            canvas.Text(panel.Subtitle, left, top + 25, Theme.Small, Theme.Muted);
            foreach (var (bar, row) in panel.Bars.Select((bar, row) => (bar, row)))
            {
                var y = top + 40 + row * rowHeight;
                var length = (float)(bar.Share / longest) * (width - names - figures);
                canvas.Text(bar.Name, left + names - 8, y + 13, Theme.Small, Theme.Ink, Align.Right);
                canvas.Rectangle(left + names, y + 1, Math.Max(1, length), 16, colour);
                var figure = bar.Share < 0.005 ? "<1 %" : $"{(bar.Share * 100).ToString("F0")} %";
                canvas.Text(figure, left + names + length + 8, y + 13, Theme.Small, Theme.Muted);
            }
        }
        return canvas;
    }
}
