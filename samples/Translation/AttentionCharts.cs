using Extensions.ML;
using Samples.Charts;
using Samples.Drawing;

namespace Translation;

/// <summary>Where each token looks while a sentence is translated, as charts.</summary>
static class AttentionCharts
{
    /// <returns>A chart for each layer of each kind of attention, with all its heads.</returns>
    public static (string FileName, Canvas Chart, string Caption)[] Draw(TranslationAttention attention) =>
    [
        .. attention.Maps.Cross.Select((heads, layer) => Map("cross", "From German to English", layer, attention.Target, attention.Source, heads)),
        .. attention.Maps.Encoder.Select((heads, layer) => Map("encoder", "From English to English", layer, attention.Source, attention.Source, heads)),
        .. attention.Maps.Decoder.Select((heads, layer) => Map("decoder", "From German to German", layer, attention.Target, attention.Target, heads)),
    ];

    static (string, Canvas, string) Map(string file, string title, int layer, IReadOnlyList<string> queries, IReadOnlyList<string> keys, float[][,] heads) => (
        $"attention-{file}-{layer + 1}.png",
        AttentionChart.Of($"{title}, layer {layer + 1}", "Down: the tokens that look. Across: what they look at.", queries, keys,
            [.. heads.Select((head, i) => ($"head {i + 1}", head))]),
        $"{title}, layer {layer + 1}");
}
