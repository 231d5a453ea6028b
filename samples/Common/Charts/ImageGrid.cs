using Samples.Drawing;

namespace Samples.Charts;

/// <summary>Rows of small grey images under each other: what went into a network and what came out.</summary>
public static class ImageGrid
{
    /// <param name="rows">Each a name and its images, of equal number; pixels from 0 to 1, dark on light.</param>
    public static Canvas Of(string title, string subtitle, int imageWidth, IReadOnlyList<(string Name, IReadOnlyList<float[]> Images)> rows)
    {
        const float top = 62, margin = 18, gap = 6;
        var names = rows.Max(row => StrokeFont.Measure(row.Name, Theme.Text)) + 16;
        var columns = rows[0].Images.Count;
        const int width = 720;
        var size = (width - 2 * margin - names - gap * (columns - 1)) / columns;
        var canvas = new Canvas(width, (int)(top + rows.Count * (size + gap) + margin), Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);
        foreach (var (row, r) in rows.Select((row, r) => (row, r)))
        {
            var y = top + r * (size + gap);
            canvas.Text(row.Name, margin, y + size / 2 + Theme.Text * 0.35f, Theme.Text, Theme.Ink);
            foreach (var (image, c) in row.Images.Select((image, c) => (image, c)))
            {
                var x = margin + names + c * (size + gap);
                canvas.Image(image, imageWidth, x, y, size, Colour.Of("F4F6F8"), Theme.Ink);
            }
        }
        return canvas;
    }
}
