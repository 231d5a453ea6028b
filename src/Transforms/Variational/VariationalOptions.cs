using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>The variational autoencoder that a component trains, and how.</summary>
public abstract class VariationalOptions : GeneratorOptions
{
    private protected VariationalOptions(int leastSteps = 10_000, int leastEpochs = 10, int mostEpochs = 1000) : base(leastSteps, leastEpochs, mostEpochs)
    {
        Optimizer = new Adam { LearningRate = 2e-3 };
        Schedule = new CosineSchedule();
    }

    /// <summary>Values in a latent vector, at least 1. Default 16.</summary>
    public int LatentSize { get; set; } = 16;

    /// <summary>The kind of network: <see cref="DenseNetwork"/>, the default, with one hidden layer of a width chosen from input and latent vector, or
    /// <see cref="ConvolutionalNetwork"/> for images.</summary>
    public NetworkDesign Network { get; set; } = new DenseNetwork();

    /// <summary>Values between the convolutions and the latent vector of a <see cref="ConvolutionalNetwork"/>, at least 1. Default 256.</summary>
    public int FeatureSize { get; set; } = 256;

    /// <summary>After every hidden layer. Default <see cref="Activation.Silu"/>.</summary>
    public Activation Activation { get; set; } = Activation.Silu;

    /// <summary>How numbers are distributed around what the decoder makes of a latent vector. Default <see langword="null"/>:
    /// <see cref="NumberLikelihood.Bernoulli"/> where every value that the network sees lies from 0 to 1, else
    /// <see cref="NumberLikelihood.GaussianPerSlot"/>.</summary>
    public NumberLikelihood? Likelihood { get; set; }

    /// <summary>The deviation of <see cref="NumberLikelihood.Gaussian"/>, in scaled units, from 1e-6 to 1e6. Default 1.</summary>
    public double Deviation { get; set; } = 1;

    /// <summary>What the divergence of the posterior from the prior counts, at least 0. Above 1, latent values are more independent and tell less of
    /// a row. Default 1: the evidence lower bound.</summary>
    public double Beta { get; set; } = 1;

    /// <summary>Share of the training over which <see cref="Beta"/> rises from 0, 0 (the default) to 1.</summary>
    public double KlWarmUp { get; set; }

    /// <summary>Nats of divergence that each latent value may have for nothing, at least 0, so that the decoder cannot do without them. Default
    /// 0.</summary>
    public double FreeBits { get; set; }

    /// <summary>Latent vectors drawn for each row in a step, at least 1. From 2 on, the importance-weighted bound is maximised, which is tighter.
    /// Default 1.</summary>
    public int ImportanceSamples { get; set; } = 1;

    /// <summary>Latent vectors drawn for each row where its density is estimated, 1 to 4096. Default 16.</summary>
    public int LikelihoodDraws { get; set; } = 16;

    internal override void Check()
    {
        base.Check();
        if (!(KlWarmUp >= 0 && KlWarmUp <= 1))
            throw new ArgumentOutOfRangeException(nameof(KlWarmUp), KlWarmUp, "Expected 0 to 1.");
        ToTraining(0).Check();
        // The ranges of the rest are the architecture's own.
        _ = Architecture(1, null, null, NumberLikelihood.Gaussian, Network, FeatureSize);
        if (Network is DenseNetwork { HiddenSizes.Count: 0 })
            throw new ArgumentException("The network of a variational autoencoder needs at least one hidden layer.");
    }

    /// <summary>Trains the network.</summary>
    internal VariationalModel Train(GeneratorJob job)
    {
        var likelihood = Likelihood ?? (job.Data.IsUnitRange ? NumberLikelihood.Bernoulli : NumberLikelihood.GaussianPerSlot);
        var steps = (job.Data.Training.RowCount + BatchSize - 1) / BatchSize * job.Options.Epochs;
        var (network, features) = (Network.Resolve(job.NetworkSize, [HiddenSize(LatentSize, job.NetworkSize)]), FeatureSize);
        // The layer before the latent vector is the last hidden one.
        if (network is DenseNetwork { HiddenSizes: { } hidden } dense)
            (network, features) = (dense with { HiddenSizes = [.. hidden.SkipLast(1)] }, hidden[^1]);
        return VariationalModel.Train(Architecture(job.InputSize, job.Groups, job.ClassShares, likelihood, network, features), job.Data, job.Options,
            ToTraining((long)(KlWarmUp * steps)), job.Cancellation);
    }

    VariationalTraining ToTraining(long warmUpSteps) =>
        new() { Beta = Beta, WarmUpSteps = warmUpSteps, FreeBits = FreeBits, ImportanceSamples = ImportanceSamples };

    VariationalArchitecture Architecture(int inputSize, IReadOnlyList<SlotGroup>? groups, double[]? shares, NumberLikelihood likelihood, NetworkDesign network,
        int featureSize) => new()
    {
        InputSize = inputSize,
        Slots = groups,
        ClassShares = shares,
        LatentSize = LatentSize,
        Network = network,
        FeatureSize = featureSize,
        Activation = Activation,
        Likelihood = likelihood,
        Deviation = Deviation,
        Draws = LikelihoodDraws,
    };
}
