using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>What may follow a sequence, and what is made less probable there.</summary>
sealed class TokenRules(DecodingOptions options, SpecialTokens special, Device device) : IDisposable
{
    // What is no text, apart from the end.
    readonly Tensor _never = tensor(
        special.Mask is { } mask ? [special.Padding, special.Begin, mask] : (long[])[special.Padding, special.Begin], device: device)
        .DetachFromDisposeScope();

    bool Penalizes => options.RepetitionPenalty != 1;

    /// <summary>Whether the rules depend on the tokens that a sequence holds.</summary>
    public bool NeedHistory => Penalizes || options.NoRepeatNgramSize > 0;

    /// <param name="logits">[sequences, vocabulary], from the network.</param>
    /// <param name="fed">[sequences, length] Int64: what each holds; <see langword="null"/> where no rule needs it.</param>
    /// <param name="tooShort">[sequences] Boolean: which may not end yet; <see langword="null"/> if all may.</param>
    /// <returns>[sequences, vocabulary] each: log-probabilities by the model, meaningful for tokens that may follow, and those under the rules,
    /// -∞ for tokens that may not follow.</returns>
    public (Tensor Model, Tensor Ruled) Apply(Tensor logits, Tensor? fed, Tensor? tooShort)
    {
        var model = logits.log_softmax(1);
        var ruled = Penalizes ? Penalize(logits, fed!).log_softmax(1) : model;
        ruled.index_fill_(1, _never, double.NegativeInfinity);
        if (tooShort is not null) ruled.select(1, special.End).masked_fill_(tooShort, double.NegativeInfinity);
        if (options.NoRepeatNgramSize > 0 && fed!.shape[1] >= options.NoRepeatNgramSize) ForbidRepeated(ruled, fed);
        return (model, ruled);
    }

    Tensor Penalize(Tensor logits, Tensor fed)
    {
        var held = logits.gather(1, fed);
        return logits.scatter(1, fed, where(held > 0, held / options.RepetitionPenalty, held * options.RepetitionPenalty));
    }

    /// <summary>Forbids each token that once followed the last n - 1 ones.</summary>
    void ForbidRepeated(Tensor ruled, Tensor fed)
    {
        int size = options.NoRepeatNgramSize;
        // [sequences, n-grams, n], [sequences, 1, n - 1], [sequences, n-grams]
        var ngrams = fed.unfold(1, size, 1);
        var context = fed.narrow(1, fed.shape[1] - size + 1, size - 1).unsqueeze(1);
        var repeats = ngrams.narrow(2, 0, size - 1).eq(context).all(2);
        ruled.scatter_add_(1, ngrams.select(2, size - 1),
            zeros(repeats.shape, ruled.dtype, device).masked_fill_(repeats, double.NegativeInfinity));
    }

    public void Dispose() => _never.Dispose();
}
