using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="SentenceEmbeddingEstimator"/>.</summary>
public sealed class SentenceEmbeddingSearch : TrainerSearch<SentenceEmbeddingEstimator.Options>
{
    /// <summary>Values in the embedding for each head of the network's attention: 16 to 64.</summary>
    [Choice(new object[] { 16, 32, 48, 64 }, 32)]
    public int WidthPerHead { get; set; } = 32;

    /// <summary>Blocks of the network: 1 to 6.</summary>
    [Range(1, 6, 4)]
    public int Layers { get; set; } = 4;

    /// <summary>Share of the values that training sets to 0: 0 to 0.4.</summary>
    [Range(0.0, 0.4, 0.1)]
    public double Dropout { get; set; } = 0.1;

    private protected override void Set(SentenceEmbeddingEstimator.Options options) =>
        options.Network = options.Network with { Width = WidthPerHead * options.Network.Heads, Layers = Layers, Dropout = Dropout };
}
