using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>A length in tokens that may grow with the length of the source: <paramref name="Tokens"/> + <paramref name="PerSourceToken"/> · the
/// tokens of the source.</summary>
/// <remarks>Never more than 65,536 tokens.</remarks>
/// <param name="Tokens">The part that is the same for all.</param>
/// <param name="PerSourceToken">What each token of the source adds; without effect where there is no source. Default 0.</param>
public readonly record struct LengthLimit(int Tokens, double PerSourceToken = 0)
{
    /// <summary>The same length for all.</summary>
    public static implicit operator LengthLimit(int tokens) => new(tokens);

    internal int For(int sourceLength) => (int)Math.Clamp(Tokens + PerSourceToken * sourceLength, 0, SequenceArchitecture.LongestSequence);
}
