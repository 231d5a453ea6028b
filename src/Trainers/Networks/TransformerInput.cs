using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// What a transformer sees of its tokens: their vectors, and where they stand (Vaswani et al. 2017, sections 3.4 and 3.5). Places are sines and
/// cosines, beside which vectors are scaled by <c>sqrt(size)</c>, or learned.
/// </summary>
sealed class TransformerInput : nn.Module
{
    readonly int size;
    readonly double dropout;
    readonly LayerNormalization? normalization;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter? places;

    /// <param name="size">Values in a token, even.</param>
    /// <param name="learnedPlaces">Places that there are; 0 for sines and cosines.</param>
    /// <param name="dropout">Share of the values that training sets to 0.</param>
    /// <param name="normalizes">Whether tokens are normalised before the first block.</param>
    /// <param name="random">Where the weights come from.</param>
    internal TransformerInput(int size, int learnedPlaces, double dropout, bool normalizes, SeededRandom random) : base(nameof(TransformerInput))
    {
        (this.size, this.dropout) = (size, dropout);
        if (normalizes) normalization = new LayerNormalization(size);
        if (learnedPlaces > 0)
        {
            places = new Parameter(random.Uniform([learnedPlaces, size], Math.Sqrt(3.0 / size)));
            places.DetachFromDisposeScope();
        }
        RegisterComponents();
    }

    internal static long CountValues(long size, long learnedPlaces, bool normalizes) =>
        checked(size * learnedPlaces + (normalizes ? LayerNormalization.CountValues(size) : 0));

    /// <param name="table">The vectors.</param>
    /// <param name="tokens">[rows, tokens] Int64</param>
    /// <param name="before">Tokens that stand before the first of them.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal Tensor Compute(TokenTable table, Tensor tokens, long before)
    {
        var vectors = table.forward(tokens).view(tokens.shape[0], -1, size);
        long count = tokens.shape[1];
        var x = (places is null
            ? vectors * Math.Sqrt(size) + Places(before, count, vectors)
            : vectors + places.narrow(0, before, count)).view(-1, size);
        if (normalization is not null) x = normalization.forward(x);
        return training && dropout > 0 ? nn.functional.dropout(x, dropout) : x;
    }

    /// <returns>[count, size]: the sines of a place before its cosines.</returns>
    Tensor Places(long before, long count, Tensor like)
    {
        var angles = Waves.Angles(before, count, size / 2, like);
        return cat([angles.sin(), angles.cos()], 1);
    }

    /// <summary><see cref="Compute(TokenTable, Tensor, long)"/> in ONNX.</summary>
    /// <param name="table">The vectors.</param>
    /// <param name="tokens">[rows, tokens] Int64</param>
    /// <param name="numbers">[tokens] Int64: the places, from 0.</param>
    /// <returns>[rows, tokens, size]</returns>
    internal OnnxTensor Compute(TokenTable table, OnnxTensor tokens, OnnxTensor numbers)
    {
        var vectors = table.forward(tokens);
        var x = places is null ? vectors * Math.Sqrt(size) + Places(numbers) : vectors + tokens.Graph.Weight(places).index_select(0, numbers);
        return normalization is null ? x : normalization.forward(x);
    }

    OnnxTensor Places(OnnxTensor numbers)
    {
        var angles = Waves.Angles(numbers, size / 2);
        return numbers.Graph.Cat(1, angles.sin(), angles.cos());
    }
}
