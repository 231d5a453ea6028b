using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Sequences under construction: what a model remembers of the tokens that each was fed, so that a further token costs the same however many
/// stand before it. A search drives it (Extensions.ML.Generators); it is of one thread, and its tensors are its own.
/// </summary>
public abstract class DecoderState : IDisposable
{
    private protected DecoderState()
    {
    }

    /// <summary>Sequences.</summary>
    public abstract int Rows { get; }

    /// <summary>Tokens that each was fed so far.</summary>
    public abstract int Length { get; }

    /// <summary>Feeds each sequence its next tokens.</summary>
    /// <param name="tokens">[rows, tokens] Int64 on the model's device, at least one for each row.</param>
    /// <returns>[rows, vocabulary]: scores of the token to follow, before the softmax; in the caller's dispose scope.</returns>
    internal abstract Tensor Feed(Tensor tokens);

    /// <summary>Goes on with some of the sequences.</summary>
    /// <param name="rows">[kept] Int64 on the model's device: their numbers, in the new order; one may occur more than once.</param>
    internal abstract void Keep(Tensor rows);

    /// <summary>Where the last token that was fed looked in the source, mean over the heads of the last layer: [rows, source tokens], each row
    /// summing to 1, in the caller's dispose scope; <see langword="null"/> for a model without a source.</summary>
    internal virtual Tensor? SourceAttention() => null;

    /// <summary>Frees the memory.</summary>
    public abstract void Dispose();
}
