using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Scores of the token to follow from states: with weights of its own, or with the vectors of the tokens.</summary>
/// <param name="Weight">[vocabulary, size]</param>
/// <param name="Bias">[vocabulary], or <see langword="null"/> for none.</param>
readonly record struct OutputLayer(Tensor Weight, Tensor? Bias)
{
    /// <param name="states">[states, size]</param>
    /// <returns>[states, vocabulary], before the softmax</returns>
    public Tensor Scores(Tensor states) => nn.functional.linear(states, Weight.to(states.dtype), Bias?.to(states.dtype));

    /// <summary>The same in ONNX.</summary>
    public OnnxTensor Scores(OnnxTensor states)
    {
        // Turned there and not here, so that vectors of tokens are stored once.
        var product = states.matmul(states.Graph.Weight(Weight).permute(1, 0));
        return Bias is null ? product : product + Bias;
    }

    /// <summary>The mean over states of the cross entropy with tokens of which a share is spread over the whole vocabulary.</summary>
    /// <param name="states">[states, size]</param>
    /// <param name="tokens">[states] Int64: the tokens that follow.</param>
    /// <param name="smoothing">The share.</param>
    /// <returns>A scalar, in nats.</returns>
    public Tensor Loss(Tensor states, Tensor tokens, double smoothing)
    {
        var loss = nn.functional.cross_entropy(Scores(states), tokens);
        if (smoothing == 0) return loss;
        // Spreading adds smoothing x (score of the token - mean score). Scores are linear in the weights, so their mean is the score by the mean
        // weights: no pass over [states, vocabulary].
        var extra = ((Weight.index_select(0, tokens) - Weight.mean([0])) * states).sum(1).mean();
        if (Bias is not null) extra = extra + Bias.index_select(0, tokens).mean() - Bias.mean();
        return loss + extra * smoothing;
    }
}
