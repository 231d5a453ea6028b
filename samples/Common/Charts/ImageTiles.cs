using Samples.Drawing;

namespace Samples.Charts;

/// <summary>Small images of signed values side by side, each with its name: what each code unit adds to a picture.</summary>
public static class ImageTiles
{
    /// <param name="tiles">Each a name and an image; all are drawn on one scale, blue below zero and red above.</param>
    public static Canvas Of(string title, string subtitle, int imageWidth, IReadOnlyList<(string Name, float[] Values)> tiles, int columns = 8)
    {
        const float top = 62, margin = 18, gap = 8, caption = 16;
        const int width = 720;
        var largest = tiles.Max(tile => tile.Values.Max(MathF.Abs));
        var axis = Axis.Linear(-largest, largest, about: 4, tight: true);
        var size = (width - 2 * margin - 18 - ColourBar.WidthOf(axis) - gap * (columns - 1)) / columns;
        var tileHeight = size * (tiles[0].Values.Length / imageWidth) / imageWidth + caption;
        var lines = (tiles.Count + columns - 1) / columns;
        var canvas = new Canvas(width, (int)(top + lines * (tileHeight + gap) + margin - gap), Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);
        foreach (var (tile, i) in tiles.Select((tile, i) => (tile, i)))
        {
            var (x, y) = (margin + i % columns * (size + gap), top + i / columns * (tileHeight + gap));
            canvas.Image(tile.Values, imageWidth, x, y, size, value => ColourMap.Diverging.At(axis.Place(value)));
            canvas.Text(tile.Name, x + size / 2, y + tileHeight - 3, Theme.Small, Theme.Muted, Align.Centre);
        }
        ColourBar.Draw(canvas, ColourMap.Diverging, axis, width - margin - ColourBar.WidthOf(axis), top,
            Math.Min(200, lines * (tileHeight + gap) - gap - caption));
        return canvas;
    }
}
