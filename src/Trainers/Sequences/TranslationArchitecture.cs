using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a translation network is made of.</summary>
public sealed record TranslationArchitecture : SequenceArchitecture
{
    /// <summary>Tokens of the source's vocabulary, at least 1.</summary>
    public required int SourceVocabularySize { get; init => field = AtLeast(value, 1); }

    /// <summary>Whether source and target have the same tokens: they then share their vectors. Default yes.</summary>
    public bool SharedVocabulary { get; init; } = true;

    /// <summary>Default <see cref="TransformerTranslation"/>.</summary>
    public TranslationDesign Network { get; init; } = new TransformerTranslation();

    internal override nn.Module Create(int seed)
    {
        CheckVocabularies();
        return Network.Create(this, seed);
    }

    internal override long CountValues()
    {
        CheckVocabularies();
        return Network.CountValues(this);
    }

    internal override SequenceModel Bind(nn.Module network, TrainingHistory history, Device device) =>
        new TranslationModel(this, (TranslationNetwork)network, history, device);

    void CheckVocabularies()
    {
        CheckSpecial();
        Check(Special.Padding, SourceVocabularySize);
        Check(Special.End, SourceVocabularySize);
        if (SharedVocabulary && SourceVocabularySize != VocabularySize)
            throw new ArgumentException($"A shared vocabulary has one size, not {SourceVocabularySize} and {VocabularySize}.");
    }
}

/// <summary>A kind of translation network with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TransformerTranslation), "transformer")]
[JsonDerivedType(typeof(RecurrentAttentionTranslation), "recurrent-attention")]
public abstract record TranslationDesign
{
    private protected TranslationDesign()
    {
    }

    /// <summary>The network with its first weights.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract TranslationNetwork Create(TranslationArchitecture architecture, int seed);

    /// <summary>Values in all parameters and buffers, told without building the network.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues(TranslationArchitecture architecture);
}
