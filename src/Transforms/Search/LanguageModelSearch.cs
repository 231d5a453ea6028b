using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="LanguageModelTrainer"/> of a transformer. Of other networks the size stays.</summary>
public sealed class LanguageModelSearch : TrainerSearch<LanguageModelTrainer.Options>
{
    /// <summary>Values in a token for each head of the attention: 16 to 64.</summary>
    [Choice(new object[] { 16, 32, 48, 64 }, 32)]
    public int WidthPerHead { get; set; } = 32;

    /// <summary>Blocks of the network: 1 to 8.</summary>
    [Range(1, 8, 4)]
    public int Layers { get; set; } = 4;

    /// <summary>Share of the values that training sets to 0: 0 to 0.4.</summary>
    [Range(0.0, 0.4, 0.1)]
    public double Dropout { get; set; } = 0.1;

    private protected override void Set(LanguageModelTrainer.Options options)
    {
        if (options.Network is TransformerLanguage network)
            options.Network = network with { Width = WidthPerHead * network.Heads, Layers = Layers, Dropout = Dropout };
    }
}
