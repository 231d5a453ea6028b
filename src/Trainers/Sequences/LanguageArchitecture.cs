using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a language model is made of: the probability of a sequence is the product of those of its tokens, each given all before it.</summary>
public sealed record LanguageArchitecture : SequenceArchitecture
{
    /// <summary>Default <see cref="TransformerLanguage"/>.</summary>
    public LanguageDesign Network { get; init; } = new TransformerLanguage();

    internal override nn.Module Create(int seed)
    {
        CheckSpecial();
        return Network.Create(this, seed);
    }

    internal override long CountValues()
    {
        CheckSpecial();
        return Network.CountValues(this);
    }

    internal override SequenceModel Bind(nn.Module network, TrainingHistory history, Device device) =>
        new LanguageModel(this, (LanguageNetwork)network, history, device);
}

/// <summary>A kind of language model with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TransformerLanguage), "transformer")]
[JsonDerivedType(typeof(LstmLanguage), "lstm")]
public abstract record LanguageDesign
{
    private protected LanguageDesign()
    {
    }

    /// <summary>Whether what is generated may be of any length; else the network looks back as far as the architecture's longest sequence.</summary>
    internal abstract bool RemembersWithoutEnd { get; }

    /// <summary>The network with its first weights.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract LanguageNetwork Create(LanguageArchitecture architecture, int seed);

    /// <summary>Values in all parameters and buffers, told without building the network.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues(LanguageArchitecture architecture);
}
