namespace Extensions.ML.Trainers;

/// <summary>
/// Recurrent layers with attention (Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015): the source
/// is read by gated recurrent units from both ends; those of the target look at it before each token.
/// </summary>
public sealed record RecurrentAttentionTranslation : TranslationDesign
{
    /// <summary>Values in the vector of a token, at least 1. Default 256.</summary>
    public int EmbeddingSize { get; init => field = AtLeast(value, 1); } = 256;

    /// <summary>Values in the state of each direction and of the decoder, at least 1. Default 256.</summary>
    public int StateSize { get; init => field = AtLeast(value, 1); } = 256;

    /// <summary>Values in the hidden layer of the attention, at least 1. Default 256.</summary>
    public int AttentionSize { get; init => field = AtLeast(value, 1); } = 256;

    /// <summary>Share of the vectors of tokens, of the states of the source and of the last hidden layer that training sets to 0, from 0 to below
    /// 1. Default 0.2.</summary>
    public double Dropout { get; init => field = BelowOne(value); } = 0.2;

    /// <summary>Whether the vectors of the target's tokens are the weights of the output layer too (Press and Wolf 2017). Default yes.</summary>
    public bool TiedEmbeddings { get; init; } = true;

    internal override TranslationNetwork Create(TranslationArchitecture architecture, int seed) =>
        new RecurrentAttentionNetwork(this, architecture, seed);

    internal override long CountValues(TranslationArchitecture architecture)
    {
        checked
        {
            long size = EmbeddingSize, state = StateSize, attention = AttentionSize;
            return TokenTable.CountValues(architecture.VocabularySize, size)
                + (architecture.SharedVocabulary ? 0 : TokenTable.CountValues(architecture.SourceVocabularySize, size))
                + (TiedEmbeddings ? 0 : architecture.VocabularySize * (size + 1))
                + 2 * RecurrentLayers.CountValues(RecurrentCell.Gru, size, state, 1)
                + state * (state + 1)
                + AdditiveAttention.CountValues(state, 2 * state, attention)
                + RecurrentLayers.CountValues(RecurrentCell.Gru, size + 2 * state, state, 1)
                + size * (size + 3 * state + 1);
        }
    }
}
