using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A model that makes rows of latent vectors, which are independent standard normal numbers unless it says otherwise.</summary>
public abstract class LatentModel : GenerativeModel
{
    private protected LatentModel(GeneratorArchitecture architecture, nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device)
        : base(architecture, network, scaler, history, device)
    {
    }

    /// <summary>Values in a latent vector.</summary>
    public abstract int LatentSize { get; }

    /// <summary>Whether a latent vector can be found for a given row.</summary>
    public virtual bool CanEncode => false;

    /// <summary>Whether what a latent vector leaves open is drawn too, where the user does not say otherwise.</summary>
    internal virtual bool DrawsOutputs => Architecture.Slots is not null;

    /// <summary>Whether a row that is encoded and decoded time and again, its known values put back each time, comes to fit them. Not so where
    /// decoding gives back exactly what was encoded.</summary>
    internal virtual bool CanComplete => false;

    /// <summary>Draws latent vectors.</summary>
    /// <returns>[rows, latent size], on the model's device</returns>
    internal virtual Tensor DrawLatents(RowNoise noise, Tensor? classes) => noise.Normal(LatentSize, NoiseUse.Latents).to(Device);

    /// <summary>What latent vectors stand for.</summary>
    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
    /// <param name="noise">Where what the latent vector leaves open is drawn from; <see langword="null"/> for the likeliest.</param>
    /// <returns>[rows, input size], scaled; whole categories.</returns>
    internal abstract Tensor Decode(Tensor latents, Tensor? classes, RowNoise? noise);

    /// <summary>The likeliest latent vectors of rows.</summary>
    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">As for <see cref="Decode(Tensor, Tensor?, RowNoise?)"/>.</param>
    /// <returns>[rows, latent size]</returns>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    internal virtual Tensor Encode(Tensor x, Tensor? classes) => throw new NotSupportedException($"A {GetType().Name} finds no latent vectors of rows.");

    /// <summary>Latent vectors of rows, drawn where rows leave them open.</summary>
    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">As for <see cref="Decode(Tensor, Tensor?, RowNoise?)"/>.</param>
    /// <param name="noise">Where they are drawn from.</param>
    /// <param name="step">Which of several drawings this is.</param>
    /// <returns>[rows, latent size]</returns>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    internal virtual Tensor DrawPosterior(Tensor x, Tensor? classes, RowNoise noise, int step) => Encode(x, classes);

    /// <summary>Latent vectors to rows in ONNX: the means of numbers, the likeliest of categories.</summary>
    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">[rows, classes]: indicators; <see langword="null"/> where the network knows none.</param>
    /// <returns>[rows, input size], in the units of the training data.</returns>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    internal OnnxTensor ExportDecoder(OnnxTensor latents, OnnxTensor? classes)
    {
        ThrowIfDisposed();
        NameWeights(latents.Graph);
        return Scaler.Invert(Decode(latents, classes));
    }

    /// <summary>Rows to latent vectors in ONNX.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data.</param>
    /// <param name="classes">As for <see cref="ExportDecoder"/>.</param>
    /// <returns>[rows, latent size]</returns>
    /// <exception cref="NotSupportedException">The network cannot be exported, or finds no latent vectors of rows.</exception>
    internal OnnxTensor ExportEncoder(OnnxTensor rows, OnnxTensor? classes)
    {
        ThrowIfDisposed();
        NameWeights(rows.Graph);
        return Encode(Seen(rows), classes);
    }

    /// <summary>Rows as the network sees them.</summary>
    private protected OnnxTensor Seen(OnnxTensor rows) => Architecture.Layout.Expand(Scaler.Apply(rows));

    /// <summary><see cref="Decode(Tensor, Tensor?, RowNoise?)"/> without noise in ONNX.</summary>
    private protected abstract OnnxTensor Decode(OnnxTensor latents, OnnxTensor? classes);

    /// <summary><see cref="Encode(Tensor, Tensor?)"/> in ONNX.</summary>
    private protected virtual OnnxTensor Encode(OnnxTensor x, OnnxTensor? classes) =>
        throw new NotSupportedException($"A {GetType().Name} finds no latent vectors of rows.");
}
