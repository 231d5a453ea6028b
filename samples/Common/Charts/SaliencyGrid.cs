using Samples.Drawing;

namespace Samples.Charts;

/// <summary>Images, and under each the same image with the weight of its pixels in a score laid over it.</summary>
public static class SaliencyGrid
{
    /// <param name="cases">
    /// Each a name, the image (0 to 1, dark on light), and one signed value a pixel: red raises the score, blue lowers it. Each case has its own
    /// scale, which ends at its largest magnitude.
    /// </param>
    public static Canvas Of(string title, string subtitle, int imageWidth, IReadOnlyList<(string Name, float[] Image, float[] Saliency)> cases)
    {
        const float top = 62, margin = 18, gap = 10, caption = 20;
        const int width = 720;
        var names = StrokeFont.Measure("saliency", Theme.Text) + 16;
        var axis = Axis.Linear(-1, 1, about: 4);
        var size = Math.Min(150, (width - 2 * margin - names - 18 - ColourBar.WidthOf(axis) - gap * (cases.Count - 1)) / cases.Count);
        var imageHeight = size * (cases[0].Image.Length / imageWidth) / imageWidth;
        var canvas = new Canvas(width, (int)(top + caption + 2 * (imageHeight + gap) + margin - gap), Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);
        var (inputs, overlays) = (top + caption, top + caption + imageHeight + gap);
        canvas.Text("input", margin, inputs + imageHeight / 2 + Theme.Text * 0.35f, Theme.Text, Theme.Ink);
        canvas.Text("saliency", margin, overlays + imageHeight / 2 + Theme.Text * 0.35f, Theme.Text, Theme.Ink);
        foreach (var (item, i) in cases.Select((item, i) => (item, i)))
        {
            var x = margin + names + i * (size + gap);
            canvas.Text(item.Name, x + size / 2, top + Theme.Small, Theme.Small, Theme.Muted, Align.Centre);
            canvas.Image(item.Image, imageWidth, x, inputs, size, Colour.Of("F4F6F8"), Theme.Ink);
            canvas.Image(item.Image, imageWidth, x, overlays, size, Colour.Of("F5F6F7"), Colour.Of("C3CAD1"));
            var largest = Math.Max(item.Saliency.Max(MathF.Abs), 1e-30f);
            canvas.Image(item.Saliency, imageWidth, x, overlays, size, value => Overlay(value / largest));
        }
        ColourBar.Draw(canvas, ColourMap.Diverging, axis, width - margin - ColourBar.WidthOf(axis), overlays, imageHeight);
        return canvas;
    }

    /// <summary>The weaker, the more of the image shows through.</summary>
    static Colour Overlay(float value) =>
        ColourMap.Diverging.At((value + 1) / 2).Fade(MathF.Pow(Math.Min(1, MathF.Abs(value)), 0.6f));
}
