using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="FlowArchitecture"/>: whitening, then heavy tails drawn in, then the steps. With its first weights the
/// steps change nothing.</summary>
sealed class FlowNetwork : nn.Module
{
    readonly int classes;
    readonly Whitening? whitening;
    readonly ModuleList<FlowStep> steps;

    /// <param name="flow">What it is made of.</param>
    /// <param name="size">Slots, at least 1.</param>
    /// <param name="classes">Classes that it is told; 0 for none.</param>
    /// <param name="seed">Seed of the first weights.</param>
    internal FlowNetwork(FlowDesign flow, int size, int classes, int seed) : base(nameof(FlowNetwork))
    {
        this.classes = classes;
        var random = new SeededRandom(seed);
        var shape = flow.Shape(classes);
        if (flow.Whitening) whitening = new Whitening(size);
        steps = new ModuleList<FlowStep>(new TailStep(size));
        for (int step = 0; step < flow.Steps; step++)
            steps.Add(flow.Autoregressive ? new AutoregressiveStep(size, flow.Transform, shape, random)
                : new CouplingStep(size, step, flow.Transform, shape, random));
        RegisterComponents();
    }

    /// <summary>What learns means and covariances before training; <see langword="null"/> where nothing does.</summary>
    internal Whitening? Whitening => whitening;

    /// <summary>Trains it by maximum likelihood.</summary>
    /// <param name="rows">The rows of a batch, of this network's size.</param>
    /// <param name="data">The batches.</param>
    /// <param name="options">How to train.</param>
    /// <param name="how">What is particular to densities.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <returns>Its losses are negative log-likelihoods of a row in scaled units, in nats.</returns>
    internal TrainingHistory Train(Func<Batch, ConditionalRows> rows, TrainingData data, TrainingOptions options, DensityTraining how,
        CancellationToken cancellation)
    {
        whitening?.Learn(ConditionalRows.All(data, rows, cancellation).Select(batch => batch.Rows), how.Noise);
        ConditionerNetwork.SetDropout(this, how.Dropout);
        return TrainingLoop.Run(this, batch =>
        {
            var (x, classes) = rows(batch);
            if (training && how.Noise > 0) x = x + how.Noise * randn_like(x);
            return -LogLikelihood(x, classes).mean();
        }, data.Training, data.Validation, options with { Objective = how.Describe() }, cancellation);
    }

    /// <summary>Rows to latent vectors.</summary>
    /// <param name="x">[rows, size]</param>
    /// <param name="labels">[rows] Int64, or <see langword="null"/>.</param>
    /// <returns>[rows, size], and the logarithm of the Jacobian's absolute determinant, [rows].</returns>
    internal (Tensor Latents, Tensor LogDeterminant) Normalize(Tensor x, Tensor? labels)
    {
        var condition = Condition(labels);
        var determinant = zeros(x.shape[0], dtype: x.dtype, device: x.device);
        foreach (var step in All)
        {
            (x, var more) = step.Normalize(x, condition);
            determinant = determinant + more;
        }
        return (x, determinant);
    }

    /// <summary>Latent vectors to rows: the inverse of <see cref="Normalize(Tensor, Tensor?)"/>.</summary>
    internal Tensor Generate(Tensor z, Tensor? labels)
    {
        var condition = Condition(labels);
        foreach (var step in All.Reverse()) z = step.Generate(z, condition);
        return z;
    }

    /// <summary>Rows to latent vectors in ONNX.</summary>
    /// <param name="x">[rows, size]</param>
    /// <param name="classes">[rows, classes]: indicators, or <see langword="null"/>.</param>
    internal OnnxTensor Normalize(OnnxTensor x, OnnxTensor? classes) => All.Aggregate(x, (x, step) => step.Normalize(x, classes));

    /// <summary>Latent vectors to rows in ONNX.</summary>
    internal OnnxTensor Generate(OnnxTensor z, OnnxTensor? classes) => All.Reverse().Aggregate(z, (z, step) => step.Generate(z, classes));

    /// <summary>The logarithm of the density of rows by the change of variables.</summary>
    /// <returns>[rows], in nats</returns>
    internal Tensor LogLikelihood(Tensor x, Tensor? labels)
    {
        var (z, determinant) = Normalize(x, labels);
        return determinant - 0.5 * (z * z).sum(1) - 0.5 * z.shape[1] * Math.Log(2 * Math.PI);
    }

    IEnumerable<FlowStep> All => whitening is null ? steps : steps.Prepend(whitening);

    Tensor? Condition(Tensor? labels) => labels is null ? null : ConditionalRows.Indicators(labels, classes);
}
