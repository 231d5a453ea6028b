namespace Extensions.ML.Trainers;

/// <summary>
/// An autoregressive network of tables (Germain et al., "MADE: Masked Autoencoder for Distribution Estimation", ICML 2015): one pass gives every
/// variable's distribution given all before it, for masks cut all other ways through the network. A variable is a numeric slot (a mixture of
/// logistic distributions, as Uria et al., "RNADE", NeurIPS 2013, have it of normal ones), a Boolean slot, a key slot or a group of indicators. Numbers are first
/// whitened by what comes before them, so that training starts from the full-covariance Gaussian. A missing category neither adds to the
/// log-likelihood nor is ever drawn.
/// </summary>
public sealed record MaskedAutoregressiveNetwork : AutoregressiveDesign
{
    /// <summary>Values in each hidden layer, at least 1. Default 256.</summary>
    public int HiddenSize { get; init => field = AtLeast(value, 1); } = 256;

    /// <summary>Residual blocks of two layers, at least 0. Default 2.</summary>
    public int Blocks { get; init => field = AtLeast(value, 0); } = 2;

    /// <summary>Logistic distributions in the mixture of each numeric slot, at least 1. Default 10.</summary>
    public int Components { get; init => field = AtLeast(value, 1); } = 10;

    /// <summary>Inside the network. Default <see cref="Activation.Relu"/>.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    internal ConditionerShape Shape(int classes) => new(HiddenSize, Blocks, classes, Activation);

    internal override AutoregressiveModule Create(AutoregressiveArchitecture architecture, int seed) =>
        new MaskedAutoregressiveModule(this, architecture.Layout, architecture.Classes, seed);

    internal override long CountValues(AutoregressiveArchitecture architecture)
    {
        var (layout, outputs, numbers) = (architecture.Layout, 0L, 0L);
        foreach (var group in layout.Groups)
        {
            long width = group.Kind == SlotKind.Key ? checked((long)group.Count * group.Categories) : group.Count;
            outputs = checked(outputs + (group.Kind == SlotKind.Numeric ? width * MixtureHead.Parameters(Components) : width));
            if (group.Kind == SlotKind.Numeric) numbers += width;
        }
        return checked(ConditionerNetwork.CountValues(layout.NetworkSize, outputs, Shape(architecture.Classes))
            + (numbers > 0 ? Whitening.CountValues(numbers) : 0));
    }
}
