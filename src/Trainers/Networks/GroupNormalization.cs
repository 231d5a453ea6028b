using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Normalises each image by mean and variance of groups of its channels, then scales and shifts each channel (Wu and He, "Group Normalization",
/// ECCV 2018): the same in training and afterwards, and the same whatever images stand beside it.
/// </summary>
sealed class GroupNormalization : nn.Module<Tensor, Tensor>
{
    const int MostGroups = 8;

    readonly long groups;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight, bias;

    /// <param name="channels">At least 1; they make eight groups, or half as many again and again until the groups are whole.</param>
    internal GroupNormalization(long channels) : base(nameof(GroupNormalization))
    {
        groups = MostGroups;
        while (channels % groups != 0) groups /= 2;
        weight = new Parameter(ones(channels, dtype: ScalarType.Float32));
        bias = new Parameter(zeros(channels, dtype: ScalarType.Float32));
        // The module owns them: a dispose scope that happens to be open while it is built must not.
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="x">[rows, channels, height, width]</param>
    /// <returns>[rows, channels, height, width]</returns>
    public override Tensor forward(Tensor x) => nn.functional.group_norm(x.to(weight.dtype), groups, weight, bias).to(x.dtype);
}
