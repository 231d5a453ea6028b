using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Attention by a network of one hidden layer: a state looks at a token as much as <c>softmax(vᵀ tanh(W state + U token))</c> tells (Bahdanau
/// et al. 2015, section 3.1 and appendix A.1.2).</summary>
sealed class AdditiveAttention : nn.Module
{
    readonly DenseLayer query, key;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter energy;

    /// <param name="stateSize">Values in a state.</param>
    /// <param name="tokenSize">Values in a token.</param>
    /// <param name="size">Values in the hidden layer.</param>
    /// <param name="random">Where the weights come from.</param>
    internal AdditiveAttention(int stateSize, int tokenSize, int size, SeededRandom random) : base(nameof(AdditiveAttention))
    {
        query = new DenseLayer(stateSize, size, Activation.Identity, random);
        key = new DenseLayer(tokenSize, size, Activation.Identity, random);
        energy = new Parameter(random.Uniform([size], Math.Sqrt(3.0 / size)));
        energy.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Values in the hidden layer.</summary>
    internal int Size => key.OutputSize;

    internal static long CountValues(long stateSize, long tokenSize, long size) => checked(size * (stateSize + 1) + size * (tokenSize + 1) + size);

    /// <summary>What is the same for every state.</summary>
    /// <param name="tokens">[rows, tokens, token size]</param>
    /// <returns>[rows, tokens, size]</returns>
    internal Tensor Keys(Tensor tokens) => key.forward(tokens);

    /// <param name="state">[rows, state size]</param>
    /// <param name="keys">What <see cref="Keys(Tensor)"/> gave.</param>
    /// <param name="tokens">[rows, tokens, token size]</param>
    /// <param name="mask">Minus infinity where there is no token, else 0: [rows, tokens]; <see langword="null"/> where all are.</param>
    /// <returns>The mean of the tokens, [rows, token size], and the weights that it is by, [rows, tokens].</returns>
    internal (Tensor Seen, Tensor Weights) Look(Tensor state, Tensor keys, Tensor tokens, Tensor? mask)
    {
        var scores = (keys + query.forward(state).unsqueeze(1)).tanh_().matmul(energy);
        var weights = (mask is null ? scores : scores + mask).softmax(1);
        return (weights.unsqueeze(1).bmm(tokens).squeeze(1), weights);
    }

    /// <summary><see cref="Keys(Tensor)"/> in ONNX.</summary>
    internal OnnxTensor Keys(OnnxTensor tokens) => key.forward(tokens);

    /// <summary><see cref="Look(Tensor, Tensor, Tensor, Tensor)"/> in ONNX.</summary>
    internal (OnnxTensor Seen, OnnxTensor Weights) Look(OnnxTensor state, OnnxTensor keys, OnnxTensor tokens, OnnxTensor mask)
    {
        var hidden = (keys + query.forward(state).unsqueeze(1)).tanh();
        var weights = (hidden.matmul(hidden.Graph.Weight(energy, "column", e => e.unsqueeze(1))).squeeze(2) + mask).softmax(1);
        return (weights.unsqueeze(1).matmul(tokens).squeeze(1), weights);
    }
}
