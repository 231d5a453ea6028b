using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The space in which rows are diffused.</summary>
abstract class DiffusionSpace : nn.Module
{
    private protected DiffusionSpace(string name) : base(name)
    {
    }

    /// <param name="x">[rows, network size]</param>
    /// <returns>[rows, width of the space], of about unit variance</returns>
    public abstract Tensor Enter(Tensor x);

    /// <param name="point">[rows, width of the space]</param>
    /// <returns>[rows, input size], scaled; whole categories.</returns>
    public abstract Tensor Leave(Tensor point);

    /// <summary>How far the network's output is from what it should say.</summary>
    /// <param name="output">[rows, width of the space]</param>
    /// <param name="target">[rows, width of the space]: what it should say about numbers.</param>
    /// <param name="x">[rows, network size]: the rows.</param>
    /// <returns>A scalar.</returns>
    public virtual Tensor Loss(Tensor output, Tensor target, Tensor x) => nn.functional.mse_loss(output, target);

    /// <summary>What the network's output says about noised rows.</summary>
    /// <param name="prediction">What it says about numbers.</param>
    /// <param name="output">[rows, width of the space]</param>
    /// <param name="noisy">[rows, width of the space]</param>
    /// <param name="signal">What the data is multiplied by in them.</param>
    /// <param name="level">What the noise is multiplied by in them.</param>
    public virtual DenoisingEstimate Read(DiffusionPrediction prediction, Tensor output, Tensor noisy, double signal, double level) =>
        prediction.Read(output, noisy, signal, level);

    /// <summary>The nearest points that rows can have.</summary>
    /// <param name="point">[rows, width of the space]</param>
    /// <returns>The same shape.</returns>
    public virtual Tensor Clip(Tensor point) => point;
}

/// <summary>Rows themselves, with indicators and numbers of a known range as -1 to 1. Of categories, the network says how likely each is, trained by
/// the cross-entropy, and the expected indicators are the data (Dieleman et al., "Continuous Diffusion for Categorical Data", 2022, section 3).</summary>
/// <param name="layout">What the slots are.</param>
/// <param name="unitRange">Whether numbers lie from 0 to 1.</param>
sealed class RowSpace(SlotLayout layout, bool unitRange) : DiffusionSpace(nameof(RowSpace))
{
    readonly RowLoss loss = new(ReconstructionLoss.MeanSquaredError, layout);

    public override Tensor Enter(Tensor x) => Bounded(x, part => part * 2 - 1);

    public override Tensor Clip(Tensor point) => Bounded(point, part => part.clamp(-1, 1));

    public override Tensor Loss(Tensor output, Tensor target, Tensor x) =>
        loss.Mean(output, layout.Map(target, x, (group, number, row) => group.Kind == SlotKind.Numeric ? number : row!));

    public override DenoisingEstimate Read(DiffusionPrediction prediction, Tensor output, Tensor noisy, double signal, double level)
    {
        var estimate = prediction.Read(output, noisy, signal, level);
        if (layout.Groups.All(group => group.Kind == SlotKind.Numeric)) return estimate;
        var data = layout.Map(loss.Expected(output), estimate.Data, (group, likely, number) => group.Kind == SlotKind.Numeric ? number! : likely * 2 - 1);
        return DenoisingEstimate.OfData(data, noisy, signal, level);
    }

    // The categories' points serve as logits.
    public override Tensor Leave(Tensor point) => layout.Decide(
        unitRange ? layout.Map(point, null, (group, part, _) => group.Kind == SlotKind.Numeric ? (part.clamp(-1, 1) + 1) / 2 : part) : point, null);

    Tensor Bounded(Tensor x, Func<Tensor, Tensor> map) =>
        layout.Map(x, null, (group, part, _) => group.Kind != SlotKind.Numeric || unitRange ? map(part) : part);
}

/// <summary>The codes that an autoencoder gives to rows, each value with mean 0 and variance 1.</summary>
sealed class CodeSpace : DiffusionSpace
{
    readonly AutoencoderNetwork autoencoder;
    readonly RowLoss loss;
    // TorchSharp finds buffers by field and replaces them when the module moves to a device.
    Tensor mean, deviation;

    public CodeSpace(AutoencoderArchitecture architecture) : base(nameof(CodeSpace))
    {
        autoencoder = architecture.Create(seed: 0);
        autoencoder.eval();
        loss = architecture.RowLoss;
        mean = zeros(architecture.CodeSize, dtype: ScalarType.Float32).DetachFromDisposeScope();
        deviation = ones(architecture.CodeSize, dtype: ScalarType.Float32).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Takes over a trained autoencoder, and the mean and deviation of its codes over the training rows.</summary>
    public void Learn(AutoencoderModel model, DiffusionArchitecture architecture, TrainingData data, CancellationToken cancellation)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using (var trained = model.CopyNetwork())
            autoencoder.load_state_dict(trained.state_dict());
        Tensor sum = zeros(mean.shape[0], dtype: ScalarType.Float64, device: mean.device), squares = zeros_like(sum);
        foreach (var (rows, _) in ConditionalRows.All(data, batch => ConditionalRows.Of(batch[0], architecture), cancellation))
        {
            var codes = autoencoder.encode(rows).to(ScalarType.Float64);
            sum.add_(codes.sum([0L]));
            squares.add_(codes.square().sum([0L]));
        }
        var average = sum / data.Training.RowCount;
        var variance = squares / data.Training.RowCount - average.square();
        mean.copy_(average);
        // A value that never changes stays as it is.
        deviation.copy_(where(variance > 1e-12 * average.square(), variance.clamp(min: 0).sqrt(), ones_like(variance)));
    }

    public override Tensor Enter(Tensor x) => (autoencoder.encode(x) - mean) / deviation;

    public override Tensor Leave(Tensor point) => loss.Decide(autoencoder.decode(point * deviation + mean), null);
}
