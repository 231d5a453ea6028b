using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="TransformerTranslationTrainer"/>.</summary>
public sealed class TransformerTranslationSearch : TrainerSearch<TransformerTranslationTrainer.Options>
{
    /// <summary>Values in a token for each head of the attention: 16 to 64.</summary>
    [Choice(new object[] { 16, 32, 48, 64 }, 48)]
    public int WidthPerHead { get; set; } = 48;

    /// <summary>Blocks of the encoder, and as many of the decoder: 1 to 6.</summary>
    [Range(1, 6, 3)]
    public int Layers { get; set; } = 3;

    /// <summary>Share of the values that training sets to 0: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.25)]
    public double Dropout { get; set; } = 0.25;

    /// <summary>Share of the probability that training spreads over the whole vocabulary: 0 to 0.3.</summary>
    [Range(0.0, 0.3, 0.1)]
    public double LabelSmoothing { get; set; } = 0.1;

    private protected override void Set(TransformerTranslationTrainer.Options options)
    {
        options.LabelSmoothing = LabelSmoothing;
        options.Network = options.Network with
        {
            Width = WidthPerHead * options.Network.Heads, EncoderLayers = Layers, DecoderLayers = Layers, Dropout = Dropout,
        };
    }
}
