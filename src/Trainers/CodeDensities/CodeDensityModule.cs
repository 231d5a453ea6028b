using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A density of codes, and latent vectors to draw them by.</summary>
abstract class CodeDensityModule(string name) : nn.Module(name)
{
    /// <summary>Learns the density.</summary>
    /// <param name="codes">Gives codes and classes of a batch.</param>
    /// <param name="data">The batches.</param>
    /// <param name="options">How to train what is trained.</param>
    /// <param name="cancellation">Stops the training.</param>
    internal abstract void Learn(Func<Batch, ConditionalRows> codes, TrainingData data, TrainingOptions options, CancellationToken cancellation);

    /// <returns>[rows, code size]: latent vectors.</returns>
    internal abstract Tensor Draw(RowNoise noise, Tensor? labels);

    /// <summary>Latent vectors to codes.</summary>
    internal abstract Tensor ToCodes(Tensor latents, Tensor? labels);

    /// <summary>Codes to latent vectors.</summary>
    internal abstract Tensor ToLatents(Tensor codes, Tensor? labels);

    /// <summary><see cref="ToCodes(Tensor, Tensor?)"/> in ONNX.</summary>
    internal abstract OnnxTensor ToCodes(OnnxTensor latents, OnnxTensor? classes);

    /// <summary><see cref="ToLatents(Tensor, Tensor?)"/> in ONNX.</summary>
    internal abstract OnnxTensor ToLatents(OnnxTensor codes, OnnxTensor? classes);
}

/// <summary>Codes by a mixture for each class. Latent vectors are codes.</summary>
sealed class MixtureCodes : CodeDensityModule
{
    // A sample tells the mixture as well, and all codes of a large data set may not fit in memory.
    const int MostRows = 100_000;

    readonly MixtureFit fit;
    readonly int seed;
    readonly ModuleList<GaussianMixture> mixtures;

    internal MixtureCodes(MixtureCodeDensity design, int size, int classes, int seed) : base(nameof(MixtureCodes))
    {
        (fit, this.seed) = (new MixtureFit(design.Components, design.Covariance), seed);
        mixtures = new ModuleList<GaussianMixture>();
        for (int c = 0; c < Math.Max(classes, 1); c++) mixtures.Add(new GaussianMixture(design.Components, size));
        RegisterComponents();
    }

    internal override void Learn(Func<Batch, ConditionalRows> codes, TrainingData data, TrainingOptions options, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var rows = new List<Tensor>();
        var labels = new List<Tensor>();
        long count = 0;
        foreach (var (code, classes) in ConditionalRows.All(data, codes, cancellation))
        {
            rows.Add(code.cpu().MoveToOuterDisposeScope());
            if (classes is not null) labels.Add(classes.cpu().MoveToOuterDisposeScope());
            if ((count += code.shape[0]) >= MostRows) break;
        }
        var all = cat(rows, 0);
        var label = labels.Count == 0 ? null : cat(labels, 0);
        for (int c = 0; c < mixtures.Count; c++)
        {
            cancellation.ThrowIfCancellationRequested();
            var own = label is null ? all : all.index_select(0, label.eq(c).nonzero().flatten());
            // A class that never occurred keeps the standard normal distribution; by itself it is never drawn.
            if (own.shape[0] > 0) mixtures[c].Fit(own, fit, seed);
        }
    }

    internal override Tensor Draw(RowNoise noise, Tensor? labels)
    {
        if (labels is null) return mixtures[0].Draw(noise);
        var codes = stack(mixtures.Select(mixture => mixture.Draw(noise)), 1);
        return codes.gather(1, labels.view(-1, 1, 1).expand(-1, 1, codes.shape[2])).squeeze(1);
    }

    internal override Tensor ToCodes(Tensor latents, Tensor? labels) => latents;

    internal override Tensor ToLatents(Tensor codes, Tensor? labels) => codes;

    internal override OnnxTensor ToCodes(OnnxTensor latents, OnnxTensor? classes) => latents;

    internal override OnnxTensor ToLatents(OnnxTensor codes, OnnxTensor? classes) => codes;
}

/// <summary>Codes by a flow. Latent vectors are standard normal.</summary>
sealed class FlowCodes : CodeDensityModule
{
    readonly FlowNetwork flow;
    readonly int size;

    internal FlowCodes(FlowCodeDensity design, int size, int classes, int seed) : base(nameof(FlowCodes))
    {
        this.size = size;
        flow = new FlowNetwork(design.Flow, size, classes, seed);
        RegisterComponents();
    }

    internal override void Learn(Func<Batch, ConditionalRows> codes, TrainingData data, TrainingOptions options, CancellationToken cancellation) =>
        // Codes have no scale that noise could be measured by, and are numbers of any value.
        flow.Train(codes, data, options, new DensityTraining { Noise = 0 }, cancellation);

    internal override Tensor Draw(RowNoise noise, Tensor? labels) => noise.Normal(size, NoiseUse.Latents).to(flow.parameters().First().device);

    internal override Tensor ToCodes(Tensor latents, Tensor? labels) => flow.Generate(latents, labels);

    internal override Tensor ToLatents(Tensor codes, Tensor? labels) => flow.Normalize(codes, labels).Latents;

    internal override OnnxTensor ToCodes(OnnxTensor latents, OnnxTensor? classes) => flow.Generate(latents, classes);

    internal override OnnxTensor ToLatents(OnnxTensor codes, OnnxTensor? classes) => flow.Normalize(codes, classes);
}
