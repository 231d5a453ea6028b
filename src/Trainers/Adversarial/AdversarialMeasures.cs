using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What an epoch of an adversarial training is judged by, for no loss of it tells how good the rows are.</summary>
sealed class AdversarialMeasures : IDisposable
{
    const int MaxRows = 500;

    readonly AdversarialArchitecture _architecture;
    readonly int _seed;

    // Real rows to compare with.
    readonly Tensor _real;

    // Sums over the steps since the last epoch's end, kept on the device: losses of discriminator and generator, values of real rows and of
    // generated ones.
    readonly Tensor _sums;
    long _steps, _generatorSteps;

    /// <param name="rows">The training rows.</param>
    /// <param name="architecture">What the network is made of.</param>
    /// <param name="seed">Where the latent vectors come from, the same after each epoch.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public AdversarialMeasures(IBatchSource rows, AdversarialArchitecture architecture, int seed, CancellationToken cancellation)
    {
        (_architecture, _seed) = (architecture, seed);
        using var some = rows.Epoch(0, MaxRows, 0, cancellation).GetEnumerator();
        some.MoveNext();
        _real = some.Current[0].clone().DetachFromDisposeScope();
        _sums = zeros(4, device: _real.device).DetachFromDisposeScope();
    }

    /// <summary>Adds a step.</summary>
    public void Add(Tensor ofDiscriminator, Tensor? ofGenerator, Tensor realValues, Tensor generatedValues)
    {
        using var _ = no_grad();
        _sums.add_(stack([ofDiscriminator, ofGenerator ?? zeros_like(ofDiscriminator), realValues.mean(), generatedValues.mean()]));
        _steps++;
        if (ofGenerator is not null) _generatorSteps++;
    }

    /// <summary>What is told of an epoch that ends, by name.</summary>
    /// <param name="generator">The generator by which rows are drawn.</param>
    public IReadOnlyDictionary<string, double> Read(AdversarialGenerator generator)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var sums = _sums.cpu().data<float>().ToArray();
        var (rows, classes) = ConditionalRows.Of(_real, _architecture);
        bool training = generator.training;
        generator.eval();
        var noise = new RowNoise(_seed, 0, (int)rows.shape[0]);
        var latents = noise.Normal(_architecture.LatentSize, NoiseUse.Latents).to(rows.device);
        var distances = SampleDistances.Of(rows, _architecture.Layout.Expand(generator.Draw(latents, classes,
            noise.Uniform(_architecture.Layout.Columns, NoiseUse.Rows).to(rows.device))));
        generator.train(training);
        var measures = new Dictionary<string, double>
        {
            ["DiscriminatorLoss"] = sums[0] / Math.Max(1, _steps),
            ["GeneratorLoss"] = sums[1] / Math.Max(1, _generatorSteps),
            ["RealValue"] = sums[2] / Math.Max(1, _steps),
            ["GeneratedValue"] = sums[3] / Math.Max(1, _steps),
            ["Diversity"] = distances.Diversity(),
            ["Coverage"] = distances.Coverage(),
        };
        if (classes is not null) measures["DiversityWithinClasses"] = distances.DiversityWithin(classes);
        _sums.zero_();
        _steps = _generatorSteps = 0;
        return measures;
    }

    public void Dispose()
    {
        _sums.Dispose();
        _real.Dispose();
    }
}
