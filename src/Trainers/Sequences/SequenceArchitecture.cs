using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a network of token sequences is made of: all that is needed, besides the weights, to build it again. Written to JSON by its
/// <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TranslationArchitecture), "translation")]
[JsonDerivedType(typeof(LanguageArchitecture), "language")]
[JsonDerivedType(typeof(MaskedLanguageArchitecture), "masked-language")]
public abstract record SequenceArchitecture
{
    private protected SequenceArchitecture()
    {
    }

    /// <summary>Tokens of the vocabulary, at least 1; of a translation, the target's.</summary>
    public required int VocabularySize { get; init => field = AtLeast(value, 1); }

    /// <summary>The tokens that are no text.</summary>
    public SpecialTokens Special { get; init; } = new();

    /// <summary>Tokens of the longest sequence, without <see cref="SpecialTokens.Begin"/> and <see cref="SpecialTokens.End"/>, 1 to
    /// 65,536. Default 256.</summary>
    public int MaximumLength
    {
        get;
        init => field = value is >= 1 and <= LongestSequence ? value
            : throw new ArgumentOutOfRangeException(nameof(MaximumLength), value, $"MaximumLength must be from 1 to {LongestSequence}.");
    } = 256;

    /// <summary>No weights tell a length where places are sines and cosines; attention is of the square of it.</summary>
    internal const int LongestSequence = 1 << 16;

    /// <summary>The network with its first weights, on the CPU.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract nn.Module Create(int seed);

    /// <summary>Values in all parameters and buffers, told without building the network, so that a file's claim can be checked first.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract long CountValues();

    /// <summary>The model over a network that <see cref="Create"/> made and that was trained or loaded since.</summary>
    internal abstract SequenceModel Bind(nn.Module network, TrainingHistory history, Device device);

    /// <summary>Whether the special tokens are tokens of the vocabulary, no two of them the same.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    private protected void CheckSpecial()
    {
        int[] tokens = [Special.Padding, Special.Begin, Special.End, .. new[] { Special.Unknown, Special.Mask }.OfType<int>()];
        foreach (int token in tokens) Check(token, VocabularySize);
        if (tokens.Distinct().Count() < tokens.Length) throw new ArgumentException($"Special tokens must differ: {Special}.");
    }

    /// <summary>Whether a token is one of a vocabulary.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    internal static void Check(int token, int vocabulary)
    {
        if ((uint)token >= (uint)vocabulary) throw new ArgumentException($"There is no token {token} in a vocabulary of {vocabulary}.");
    }
}
