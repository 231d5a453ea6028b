using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained variational autoencoder.</summary>
public sealed class VariationalModel : LatentModel
{
    readonly VariationalArchitecture _architecture;
    readonly VariationalNetwork _network;
    readonly RowLikelihood _likelihood;

    internal VariationalModel(VariationalArchitecture architecture, VariationalNetwork network, FeatureScaler scaler, TrainingHistory history, Device device)
        : base(architecture, network, scaler, history, device)
    {
        (_architecture, _network) = (architecture, network);
        _likelihood = Likelihood(architecture);
    }

    static RowLikelihood Likelihood(VariationalArchitecture architecture) => new(architecture.Likelihood, architecture.Deviation, architecture.Layout);

    /// <inheritdoc/>
    public override int LatentSize => _architecture.LatentSize;

    /// <inheritdoc/>
    public override bool CanEncode => true;

    /// <inheritdoc/>
    public override Density Density => Density.LowerBound;

    /// <summary>Trains a network on data that is ready.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names, the class behind each where there are classes.</param>
    /// <param name="options">How to train.</param>
    /// <param name="how">What to minimise.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the sizes, or settings exclude each other.</exception>
    public static VariationalModel Train(VariationalArchitecture architecture, TrainingData data, TrainingOptions options, VariationalTraining how,
        CancellationToken cancellation = default)
    {
        how.Check();
        if (architecture.Likelihood == NumberLikelihood.Bernoulli && !data.IsUnitRange)
            throw new ArgumentException("The Bernoulli likelihood needs values from 0 to 1, and the data has others; use Scaling MinMax, or another Likelihood.");
        TorchEngine.Start();
        return ((VariationalNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            var history = TrainingLoop.Run(network, VariationalObjective.Of(network, architecture, Likelihood(architecture), how, options.Precision),
                data.Training, data.Validation, options with { Objective = how.Describe() }, cancellation);
            return new VariationalModel(architecture, network, data.Scaler, history, TorchEngine.Device(options.Device));
        });
    }

    /// <summary>What is asked of scoring: a span that is empty is not computed.</summary>
    internal ref struct Outputs
    {
        /// <summary>[rows, latent size]: the mean of the posterior.</summary>
        public Span<float> Means;

        /// <summary>[rows, latent size]: the logarithm of its variance.</summary>
        public Span<float> LogVariances;

        /// <summary>[rows, latent size]: one latent vector drawn from it, always the same for the same row.</summary>
        public Span<float> Samples;

        /// <summary>[rows]: the evidence lower bound in nats, in scaled units.</summary>
        public Span<float> Bounds;

        /// <summary>[rows, input size]: the reconstruction from the posterior's mean, in the units of the training data.</summary>
        public Span<float> Reconstructions;

        /// <summary>[rows, input size]: the share of each slot in the negative logarithm of the likelihood, in nats.</summary>
        public Span<float> SlotErrors;
    }

    /// <summary>Runs the network over rows.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data, the class behind each where there are classes; used up.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="outputs">What is wanted.</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    internal void Score(FeatureBlock rows, int count, Outputs outputs)
    {
        ThrowIfDisposed();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Score(rows.Scaled(count, Scaler).to(Device), outputs);
    }

    /// <summary>The evidence lower bound of every row of the training data, validation rows included, in no order that matters to a quantile.</summary>
    internal float[] Bounds(TrainingData data, CancellationToken cancellation)
    {
        const int batchSize = 256;
        var bounds = new float[data.Training.RowCount + (data.Validation?.RowCount ?? 0)];
        int filled = 0;
        using var noGradients = no_grad();
        foreach (var source in new[] { data.Training, data.Validation })
        {
            foreach (var batch in source?.Epoch(0, batchSize, 0, cancellation) ?? [])
            {
                using var scope = NewDisposeScope();
                Score(batch[0], new() { Bounds = bounds.AsSpan(filled, (int)batch.Rows) });
                filled += (int)batch.Rows;
            }
        }
        return bounds;
    }

    /// <param name="block">[rows, input size], or one more where there are classes; scaled.</param>
    /// <param name="outputs">What is wanted.</param>
    void Score(Tensor block, Outputs outputs)
    {
        long count = block.shape[0];
        var (x, classes) = ConditionalRows.Of(block, Architecture);
        var noise = outputs.Samples.IsEmpty && outputs.Bounds.IsEmpty && outputs.SlotErrors.IsEmpty ? null : RowNoise.Of(seed: 1, x);
        var (mean, logVariance) = _network.Posterior(x, classes);
        mean.CopyTo(outputs.Means);
        logVariance.CopyTo(outputs.LogVariances);
        var deviation = (logVariance * 0.5).exp();
        if (!outputs.Samples.IsEmpty) (mean + deviation * Standard(noise!, 0)).CopyTo(outputs.Samples);
        if (!outputs.Reconstructions.IsEmpty)
        {
            _likelihood.Means(_network.Decode(mean, classes)).CopyTo(outputs.Reconstructions);
            Scaler.Invert(outputs.Reconstructions[..(int)(count * Architecture.InputSize)]);
        }
        if (outputs.Bounds.IsEmpty && outputs.SlotErrors.IsEmpty) return;
        // One pass over all draws of all rows: [draws x rows, ...]
        var errors = _likelihood.PerSlot(_network.Decode(Draw(mean, deviation, noise!), Repeat(classes)), x.repeat(_architecture.Draws, 1))
            .reshape(_architecture.Draws, count, -1).mean([0L]);
        errors.CopyTo(outputs.SlotErrors);
        if (!outputs.Bounds.IsEmpty) (-errors.sum(1) - VariationalObjective.Divergence(mean, logVariance).sum(1)).CopyTo(outputs.Bounds);
    }

    internal override Tensor ScaledLogLikelihood(Tensor x, Tensor? classes)
    {
        var (mean, logVariance) = _network.Posterior(x, classes);
        var latents = Draw(mean, (logVariance * 0.5).exp(), RowNoise.Of(seed: 1, x));
        var errors = _likelihood.PerSlot(_network.Decode(latents, Repeat(classes)), x.repeat(_architecture.Draws, 1)).sum(1);
        return VariationalObjective.ImportanceWeighted(errors, latents, mean, logVariance, beta: null);
    }

    internal override Tensor Decode(Tensor latents, Tensor? classes, RowNoise? noise) => _likelihood.Rows(_network.Decode(latents, classes), noise);

    internal override Tensor Encode(Tensor x, Tensor? classes) => _network.Posterior(x, classes).Mean;

    private protected override OnnxTensor Decode(OnnxTensor latents, OnnxTensor? classes) => _likelihood.Rows(_network.Decode(latents, classes));

    private protected override OnnxTensor Encode(OnnxTensor x, OnnxTensor? classes) => _network.Posterior(x, classes).Mean;

    /// <summary>What <see cref="Score(FeatureBlock, int, Outputs)"/> computes without random numbers, in ONNX.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data.</param>
    /// <param name="classes">[rows, classes]: indicators; <see langword="null"/> where the network knows none.</param>
    internal (OnnxTensor Means, OnnxTensor LogVariances, OnnxTensor Reconstructions) Export(OnnxTensor rows, OnnxTensor? classes)
    {
        ThrowIfDisposed();
        NameWeights(rows.Graph);
        var (mean, logVariance) = _network.Posterior(Seen(rows), classes);
        return (mean, logVariance, Scaler.Invert(_likelihood.Means(_network.Decode(mean, classes))));
    }

    internal override Tensor DrawPosterior(Tensor x, Tensor? classes, RowNoise noise, int step)
    {
        var (mean, logVariance) = _network.Posterior(x, classes);
        return mean + (logVariance * 0.5).exp() * noise.Normal(LatentSize, NoiseUse.Steps, step).to(Device);
    }

    internal override bool CanComplete => true;

    internal override bool DrawsOutputs => base.DrawsOutputs || _architecture.Likelihood != NumberLikelihood.Bernoulli;

    /// <returns>[draws x rows, latent size]</returns>
    Tensor Draw(Tensor mean, Tensor deviation, RowNoise noise) =>
        cat([.. Enumerable.Range(1, _architecture.Draws).Select(draw => mean + deviation * Standard(noise, draw))], 0);

    Tensor Standard(RowNoise noise, int step) => noise.Normal(LatentSize, NoiseUse.Latents, step).to(Device);

    Tensor? Repeat(Tensor? classes) => classes?.repeat(_architecture.Draws);
}
