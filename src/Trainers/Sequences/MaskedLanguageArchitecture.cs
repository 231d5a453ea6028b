using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// What a masked language model is made of (Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL
/// 2019): a transformer whose tokens all look at each other tells tokens that are hidden from it. <see cref="SpecialTokens.Mask"/> must be one of
/// the vocabulary.
/// </summary>
public sealed record MaskedLanguageArchitecture : SequenceArchitecture
{
    /// <summary>Sizes of the transformer; its tokens look in both directions here.</summary>
    public TransformerLanguage Network { get; init; } = new();

    /// <summary>The token that hides others.</summary>
    internal int Mask => Special.Mask ?? throw new ArgumentException("A masked language model needs the special token Mask.");

    internal override nn.Module Create(int seed)
    {
        Check();
        return new MaskedLanguageNetwork(this, seed);
    }

    internal override long CountValues()
    {
        Check();
        checked
        {
            int width = Network.Width;
            return TokenTable.CountValues(VocabularySize, width)
                + (Network.TiedEmbeddings ? 0 : VocabularySize * (width + 1L))
                + TransformerInput.CountValues(width, Places, normalizes: true)
                + TransformerBlocks.CountValues(Network.Layers, Network.Shape);
        }
    }

    internal override SequenceModel Bind(nn.Module network, TrainingHistory history, Device device) =>
        new MaskedLanguageModel(this, (MaskedLanguageNetwork)network, history, device);

    /// <summary>Places to learn: two more than tokens, for Begin and End.</summary>
    internal int Places => Network.LearnedPositions ? checked(MaximumLength + 2) : 0;

    void Check()
    {
        CheckSpecial();
        _ = Mask;
        Network.Shape.Check();
    }
}
