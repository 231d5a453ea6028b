using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of a <see cref="RecurrentTranslationTrainer"/>.</summary>
public sealed class RecurrentTranslationSearch : TrainerSearch<RecurrentTranslationTrainer.Options>
{
    /// <summary>Values in the vector of a token, the states and the attention: 64 to 500, by its logarithm.</summary>
    [Range(64, 500, 256, true)]
    public int Size { get; set; } = 256;

    /// <summary>Share of the values that training sets to 0: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.2)]
    public double Dropout { get; set; } = 0.2;

    /// <summary>Share of the probability that training spreads over the whole vocabulary: 0 to 0.3.</summary>
    [Range(0.0, 0.3, 0.1)]
    public double LabelSmoothing { get; set; } = 0.1;

    private protected override void Set(RecurrentTranslationTrainer.Options options)
    {
        options.LabelSmoothing = LabelSmoothing;
        options.Network = options.Network with { EmbeddingSize = Size, StateSize = Size, AttentionSize = Size, Dropout = Dropout };
    }
}
