using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a diffusion model stores: the network that tells noise from data, and the space that both are in.</summary>
sealed class DiffusionNetwork : nn.Module
{
    readonly DenoiserNetwork denoiser;
    readonly DiffusionSpace space;

    /// <param name="denoiser">Owned from here on.</param>
    /// <param name="space">Owned.</param>
    public DiffusionNetwork(DenoiserNetwork denoiser, DiffusionSpace space) : base(nameof(DiffusionNetwork))
    {
        (this.denoiser, this.space) = (denoiser, space);
        RegisterComponents();
    }

    public DenoiserNetwork Denoiser => denoiser;

    public DiffusionSpace Space => space;
}

/// <summary>
/// A denoiser in training beside the exponential moving average of its weights, with which rows are drawn (Song and Ermon, "Improved Techniques
/// for Training Score-Based Generative Models", NeurIPS 2020, section 4.4). Both lie in a checkpoint.
/// </summary>
sealed class AveragedDenoiser : nn.Module
{
    readonly DenoiserNetwork denoiser, average;
    readonly double decay;
    // TorchSharp finds buffers by field and replaces them when the module moves to a device.
    Tensor updates;
    // Known from the first update on, when the module lies where it is trained.
    MovingAverage? _moving;

    /// <param name="denoiser">Owned from here on.</param>
    /// <param name="average">Another network of the same weights; owned.</param>
    /// <param name="decay">From 0 (no average) to below 1.</param>
    public AveragedDenoiser(DenoiserNetwork denoiser, DenoiserNetwork average, double decay) : base(nameof(AveragedDenoiser))
    {
        (this.denoiser, this.average, this.decay) = (denoiser, average, decay);
        foreach (var parameter in average.parameters()) parameter.requires_grad = false;
        updates = zeros(1, dtype: ScalarType.Float32).DetachFromDisposeScope();
        RegisterComponents();
    }

    public DenoiserNetwork Average => average;

    /// <summary>What predicts: in training the network itself, else its average.</summary>
    public DenoiserNetwork Current => training ? denoiser : average;

    /// <summary>Moves the average towards the weights. The first of them, far from any good ones, are soon forgotten: the decay rises as
    /// <c>(1 + n) / (10 + n)</c>.</summary>
    public void Update()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _moving ??= new MovingAverage(average, denoiser);
        // On the device, which then need not be waited for.
        _moving.Update((9 / (updates + 10)).clamp(min: 1 - decay));
        updates.add_(1);
    }
}
