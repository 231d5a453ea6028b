namespace Extensions.ML.Trainers;

/// <summary>Recurrent layers (Zaremba et al., "Recurrent Neural Network Regularization", 2014): long short-term memories with dropout between
/// them, not within their recurrence.</summary>
public sealed record LstmLanguage : LanguageDesign
{
    /// <summary>Values in the vector of a token, at least 1. Default 256.</summary>
    public int EmbeddingSize { get; init => field = AtLeast(value, 1); } = 256;

    /// <summary>Values in the state of each layer, at least 1. Default 512.</summary>
    public int StateSize { get; init => field = AtLeast(value, 1); } = 512;

    /// <summary>Layers, at least 1. Default 2.</summary>
    public int Layers { get; init => field = AtLeast(value, 1); } = 2;

    /// <summary>Share of the vectors of tokens and of what each layer gives that training sets to 0, from 0 to below 1. Default 0.2.</summary>
    public double Dropout { get; init => field = BelowOne(value); } = 0.2;

    /// <summary>Whether the vectors of the tokens are the weights of the output layer too, behind a layer that brings the states to their size
    /// (Press and Wolf 2017). Default yes.</summary>
    public bool TiedEmbeddings { get; init; } = true;

    internal override bool RemembersWithoutEnd => true;

    internal override LanguageNetwork Create(LanguageArchitecture architecture, int seed) => new LstmLanguageNetwork(this, architecture, seed);

    internal override long CountValues(LanguageArchitecture architecture)
    {
        checked
        {
            return TokenTable.CountValues(architecture.VocabularySize, EmbeddingSize)
                + RecurrentLayers.CountValues(RecurrentCell.Lstm, EmbeddingSize, StateSize, Layers)
                + (TiedEmbeddings ? EmbeddingSize * (StateSize + 1L) : architecture.VocabularySize * (StateSize + 1L));
        }
    }
}
