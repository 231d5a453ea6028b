using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// An encoder from a row to a normal distribution of latent vectors, and a decoder from a latent vector to a distribution of rows (Kingma and
/// Welling, "Auto-Encoding Variational Bayes", ICLR 2014). Both are told the class of the row where there are classes (Sohn et al., "Learning
/// Structured Output Representation using Deep Conditional Generative Models", NIPS 2015).
/// </summary>
sealed class VariationalNetwork : nn.Module
{
    readonly VariationalArchitecture architecture;
    readonly AutoencoderNetwork body;
    readonly DenseLayer posterior, fromLatent;
    readonly DenseLayer? told; // mixes features and class, so that what the class tells can leave the latent vector
    readonly DenseLayer? deviationOfRow;
    // TorchSharp finds parameters and buffers by field and replaces them when the module moves to a device.
    Parameter? deviation;
    Tensor steps;

    /// <param name="architecture">What to build.</param>
    /// <param name="seed">Seed of the first weights.</param>
    public VariationalNetwork(VariationalArchitecture architecture, int seed) : base(nameof(VariationalNetwork))
    {
        this.architecture = architecture;
        var random = new SeededRandom((int)(SeededRandom.Hash(seed, 1) >> 33));
        int features = architecture.FeatureSize, classes = architecture.Classes;
        body = architecture.Body.Create(seed);
        if (classes > 0) told = new DenseLayer(features + classes, features, architecture.Activation, random);
        posterior = new DenseLayer(features, 2 * architecture.LatentSize, Activation.Identity, random);
        fromLatent = new DenseLayer(architecture.LatentSize + classes, features, architecture.Activation, random);
        if (architecture.Likelihood == NumberLikelihood.GaussianPerRow)
            deviationOfRow = new DenseLayer(features, architecture.NetworkSize, Activation.Identity, random);
        if (architecture.Likelihood == NumberLikelihood.GaussianPerSlot)
        {
            deviation = new Parameter(zeros(architecture.NetworkSize, dtype: ScalarType.Float32));
            deviation.DetachFromDisposeScope();
        }
        steps = zeros(1, dtype: ScalarType.Float32).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Steps of training done, [1]; a part of the state, so that a resumed run goes on where it was.</summary>
    public Tensor Steps => steps;

    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">[rows] Int64, or <see langword="null"/>.</param>
    /// <returns>Mean and logarithm of the variance of the latent vector: [rows, latent size] each</returns>
    public (Tensor Mean, Tensor LogVariance) Posterior(Tensor x, Tensor? classes)
    {
        var features = body.encode(x);
        var both = Widened(posterior.forward(told is null ? features : told.forward(Told(features, classes))));
        long size = architecture.LatentSize;
        // A variance of e^-30 or e^20 is no longer told from 0 or infinity by anything that uses it.
        return (both.narrow(1, 0, size), both.narrow(1, size, size).clamp(-30, 20));
    }

    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">[rows] Int64, or <see langword="null"/>.</param>
    public DecodedRows Decode(Tensor latents, Tensor? classes)
    {
        var features = fromLatent.forward(Told(latents, classes));
        return new(Widened(body.decode(features)), deviationOfRow is null ? deviation : Widened(deviationOfRow.forward(features)));
    }

    /// <summary><see cref="Posterior(Tensor, Tensor?)"/> in ONNX.</summary>
    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">[rows, classes]: indicators, or <see langword="null"/>.</param>
    public (OnnxTensor Mean, OnnxTensor LogVariance) Posterior(OnnxTensor x, OnnxTensor? classes)
    {
        var features = body.encode(x);
        var both = posterior.forward(told is null ? features : told.forward(Told(features, classes, architecture.FeatureSize)));
        int size = architecture.LatentSize;
        return (both.narrow(1, 0, size), both.narrow(1, size, size).clamp(-30, 20));
    }

    /// <summary><see cref="DecodedRows.Output"/> of <see cref="Decode(Tensor, Tensor?)"/> in ONNX.</summary>
    public OnnxTensor Decode(OnnxTensor latents, OnnxTensor? classes) =>
        body.decode(fromLatent.forward(Told(latents, classes, architecture.LatentSize)));

    static OnnxTensor Told(OnnxTensor values, OnnxTensor? classes, int size) =>
        classes is null ? values : values.Graph.Cat(1, values, classes * Math.Sqrt(size));

    // Distributions are computed in the type of the weights, whatever the layers'.
    static Tensor Widened(Tensor values) => values.dtype == ScalarType.BFloat16 ? values.to(ScalarType.Float32) : values;

    // A class weighs about as much as all other values together, so that the decoder heeds it from the first steps on.
    Tensor Told(Tensor values, Tensor? classes) => classes is null ? values
        : cat([values, (ConditionalRows.Indicators(classes, architecture.Classes) * Math.Sqrt(values.shape[1])).to(values.dtype)], 1);
}

/// <summary>The distribution of rows that a decoder gives.</summary>
/// <param name="Output">[rows, network size]: means of numbers, logits of everything else.</param>
/// <param name="LogVariance">Of numbers: [rows, network size] or [network size]; <see langword="null"/> where it is not learned.</param>
readonly record struct DecodedRows(Tensor Output, Tensor? LogVariance);
