using Extensions.ML.Generators;

namespace Extensions.ML;

/// <summary>A text that a language model wrote.</summary>
public sealed class GeneratedText
{
    internal GeneratedText()
    {
    }

    /// <summary>What was written behind the prompt, without the prompt.</summary>
    public required string Text { get; init; }

    /// <summary>The tokens that were written.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>For each token that was written, the natural logarithm of its probability given all before it.</summary>
    public required IReadOnlyList<float> LogProbabilities { get; init; }

    /// <summary>What texts behind one prompt are compared by, higher is better: <see cref="DecodedSequence.Score"/>.</summary>
    public required double Score { get; init; }

    /// <summary>Whether the model came to the end of the text; else it was cut at <see cref="DecodingOptions.MaximumLength"/>.</summary>
    public required bool Ended { get; init; }

    /// <summary><see cref="Text"/></summary>
    public override string ToString() => Text;
}
