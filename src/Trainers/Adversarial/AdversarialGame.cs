using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The training of a generator against a discriminator, as one module whose one objective moves both. The network that remains holds the
/// discriminator and the average of the generator's weights; the generator that plays is a second one.
/// </summary>
sealed class AdversarialGame : nn.Module
{
    /// <summary>How the names of the discriminator's parameters begin.</summary>
    public const string DiscriminatorPrefix = $"{nameof(network)}.discriminator.";

    readonly AdversarialArchitecture architecture;
    readonly AdversarialTraining how;
    readonly AdversarialNetwork network;
    readonly AdversarialGenerator generator;

    // Steps of the training so far, [1] Int64: a buffer, so that a checkpoint holds it.
    Tensor steps;

    readonly AdversarialMeasures _measures;

    // What follows is known from the first step on, when the module lies where it is trained and a checkpoint is put back.
    Parameter[]? _judging;
    MovingAverage? _average;
    long _step;

    /// <param name="network">What is trained: its first weights are the generator's too.</param>
    /// <param name="architecture">What it is made of.</param>
    /// <param name="how">What is played for.</param>
    /// <param name="measures">Is told of every step; not owned.</param>
    internal AdversarialGame(AdversarialNetwork network, AdversarialArchitecture architecture, AdversarialTraining how, AdversarialMeasures measures)
        : base(nameof(AdversarialGame))
    {
        (this.network, this.architecture, this.how, _measures) = (network, architecture, how, measures);
        generator = new AdversarialGenerator(architecture, seed: 0);
        steps = zeros(1, dtype: ScalarType.Int64).DetachFromDisposeScope();
        RegisterComponents();
        generator.load_state_dict(network.Generator.state_dict());
        foreach (var parameter in network.Generator.parameters()) parameter.requires_grad = false;
    }

    /// <summary>The generator that plays.</summary>
    internal AdversarialGenerator Generator => generator;

    /// <summary>Frees what is the game's own; the network goes on without it.</summary>
    internal void Free()
    {
        generator.Dispose();
        steps.Dispose();
    }

    /// <summary>In training, the sum of both losses and the penalty, each with gradients for its own player alone; else how far generated rows
    /// are from those of the batch, whatever the loss: <see cref="SampleDistances.Energy"/>.</summary>
    /// <returns>A scalar.</returns>
    internal Tensor Objective(Batch batch)
    {
        var (real, classes) = ConditionalRows.Of(batch[0], architecture);
        var latents = randn(real.shape[0], architecture.LatentSize, dtype: real.dtype, device: real.device);
        if (!training)
        {
            var drawn = network.Generator.Draw(latents, classes, rand(real.shape[0], architecture.Layout.Columns, device: real.device));
            return SampleDistances.Of(real, architecture.Layout.Expand(drawn)).Energy();
        }

        bool moves = NextStep();
        Tensor generated;
        using (set_grad_enabled(moves)) generated = generator.Soften(generator.Generate(latents, classes));
        bool slopesAtReal = how.PenaltyWeight > 0 && how.Loss != AdversarialLoss.Wasserstein;
        if (slopesAtReal) real = real.detach().requires_grad_();
        var (realValues, generatedValues) = (Judge(real), Judge(generated.detach()));
        var ofDiscriminator = how.Loss.OfDiscriminator(realValues, generatedValues);
        var sum = ofDiscriminator;
        if (how.PenaltyWeight > 0)
        {
            sum = sum + how.PenaltyWeight * (slopesAtReal ? GradientPenalty.ZeroCentred(realValues, real)
                : GradientPenalty.OneCentred(Judge, real, generated.detach(), rand(real.shape[0], 1, dtype: real.dtype, device: real.device)));
        }
        Tensor? ofGenerator = null;
        if (moves)
        {
            // What is computed while the discriminator asks for no gradient gives it none.
            Freeze(true);
            ofGenerator = how.Loss.OfGenerator(Judge(generated));
            Freeze(false);
            sum = sum + ofGenerator;
        }
        _measures.Add(ofDiscriminator, ofGenerator, realValues, generatedValues);
        return sum;

        Tensor Judge(Tensor rows) => network.Discriminator.Judge(rows, classes);
    }

    /// <summary>Goes on to the next step and lets the average follow the last one.</summary>
    /// <returns>Whether the generator moves in it.</returns>
    bool NextStep()
    {
        if (_judging is null)
        {
            _judging = [.. network.Discriminator.parameters()];
            _average = new MovingAverage(network.Generator, generator);
            _step = steps.item<long>();
        }
        int period = how.StepsPerGeneratorStep;
        if (_step % period == 0 && _step > 0) _average!.Update(how.AverageDecay, _step / period);
        steps.add_(1);
        return ++_step % period == 0;
    }

    void Freeze(bool frozen)
    {
        foreach (var parameter in _judging!) parameter.requires_grad = !frozen;
    }
}
