using Samples.Drawing;

namespace Samples.Charts;

/// <summary>
/// Which tokens a network looked at: a heat map for each head, with the tokens that look down the left side and those that are looked at along
/// the top. All heads share one scale from zero.
/// </summary>
public static class AttentionChart
{
    /// <param name="title">Stands over the chart.</param>
    /// <param name="subtitle">Stands below the title.</param>
    /// <param name="queries">The tokens that look, such as those of a translation.</param>
    /// <param name="keys">The tokens that are looked at, such as those of its source.</param>
    /// <param name="heads">Each a name, and the share of each query's attention that each key gets: [queries, keys].</param>
    /// <exception cref="ArgumentException">There is nothing to draw, or a head is of another size.</exception>
    public static Canvas Of(string title, string subtitle, IReadOnlyList<string> queries, IReadOnlyList<string> keys,
        IReadOnlyList<(string Name, float[,] Weights)> heads)
    {
        if (queries.Count == 0 || keys.Count == 0 || heads.Count == 0)
            throw new ArgumentException($"Got {queries.Count} queries, {keys.Count} keys and {heads.Count} heads; at least one of each is expected.");
        foreach (var (name, weights) in heads)
            if (weights.GetLength(0) != queries.Count || weights.GetLength(1) != keys.Count)
                throw new ArgumentException(
                    $"Got [{weights.GetLength(0)}, {weights.GetLength(1)}] weights of '{name}'; [{queries.Count}, {keys.Count}] are expected.");

        const float margin = 18, top = 62, gap = 16, caption = 18;
        var across = heads.Count <= 3 ? heads.Count : (int)Math.Ceiling(Math.Sqrt(heads.Count));
        var down = (heads.Count + across - 1) / across;
        // Every token keeps its label: the more there are, the larger the chart grows, down to the smallest cell that holds one.
        var cell = Math.Clamp(720f / (across * Math.Max(keys.Count, queries.Count)), 10, 28);
        var text = Math.Min(Theme.Small, cell * 0.95f);
        var left = margin + queries.Max(Length) + 8;
        var above = keys.Max(Length) + 8;
        var (width, height) = (cell * keys.Count, cell * queries.Count);
        var axis = Axis.Linear(0, Math.Max(1e-6f, heads.Max(head => head.Weights.Cast<float>().Max())), about: 5, tight: true);
        var right = left + across * width + (across - 1) * gap;
        var words = Math.Max(StrokeFont.Measure(title, Theme.Title), StrokeFont.Measure(subtitle, Theme.Small));
        var canvasWidth = Math.Max(right + 18 + ColourBar.WidthOf(axis), margin + words) + margin;
        var first = top + above + caption;
        var canvas = new Canvas((int)canvasWidth, (int)(first + down * height + (down - 1) * (gap + caption) + margin), Theme.Paper);
        canvas.Text(title, margin, 28, Theme.Title, Theme.Ink, bold: true);
        canvas.Text(subtitle, margin, 47, Theme.Small, Theme.Muted);

        for (var head = 0; head < heads.Count; head++)
        {
            var (x, y) = (left + head % across * (width + gap), first + head / across * (height + gap + caption));
            Cells(canvas, heads[head].Weights, axis, x, y, cell);
            canvas.Text(heads[head].Name, x + width / 2, y - 6, Theme.Small, Theme.Ink, Align.Centre);
            for (var query = 0; head % across == 0 && query < queries.Count; query++)
                canvas.Text(Label(queries[query]), x - 6, y + (query + 0.5f) * cell + text * 0.35f, text, Theme.Muted, Align.Right);
            for (var key = 0; head < across && key < keys.Count; key++)
                canvas.Text(Label(keys[key]), x + (key + 0.5f) * cell + text * 0.35f, y - caption - 4, text, Theme.Muted, angle: 90);
        }
        ColourBar.Draw(canvas, ColourMap.Sequential, axis, right + 18, first, Math.Max(height, 60));
        return canvas;

        float Length(string token) => StrokeFont.Measure(Label(token), text);
    }

    static void Cells(Canvas canvas, float[,] weights, Axis axis, float x, float y, float cell)
    {
        for (var query = 0; query < weights.GetLength(0); query++)
            for (var key = 0; key < weights.GetLength(1); key++)
                canvas.Rectangle(x + key * cell, y + query * cell, cell - 0.5f, cell - 0.5f,
                    ColourMap.Sequential.At(axis.Place(weights[query, key])));
    }

    /// <summary>A token without the space before it; white space alone as a bar.</summary>
    static string Label(string token) => token.Trim() is { Length: > 0 } text ? text : "_";
}
