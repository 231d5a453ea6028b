using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>
/// A normalizing flow: invertible steps that make independent standard normal numbers of the slots of a row. RealNVP (Dinh et al. 2017) is
/// couplings with an <see cref="AffineTransform"/>, the masked autoregressive flow (Papamakarios et al. 2017) autoregressive steps with one;
/// with a <see cref="SplineTransform"/> both are the neural spline flows of Durkan et al. 2019, which fit better.
/// </summary>
public sealed record FlowDesign
{
    /// <summary>Whether each step transforms every slot given all before it, which fits better but draws rows slot by slot; else half of
    /// the slots given the other half. Default no.</summary>
    public bool Autoregressive { get; init; }

    /// <summary>What is done to each value. Default <see cref="SplineTransform"/>.</summary>
    public ElementTransform Transform { get; init; } = new SplineTransform();

    /// <summary>Number of steps, at least 1. Default 6.</summary>
    public int Steps { get; init => field = AtLeast(value, 1); } = 6;

    /// <summary>Values in the hidden layers of each step's network, at least 1. Default 128.</summary>
    public int HiddenSize { get; init => field = AtLeast(value, 1); } = 128;

    /// <summary>Residual blocks of two layers in each step's network, at least 0. Default 1.</summary>
    public int Blocks { get; init => field = AtLeast(value, 0); } = 1;

    /// <summary>Inside each step's network. Default <see cref="Activation.Relu"/>.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Whether means and covariances, which one pass over the rows tells, are taken out before the steps, so that training starts from the
    /// full-covariance Gaussian. It stores two numbers for each pair of slots. Default yes.</summary>
    public bool Whitening { get; init; } = true;

    /// <summary>Sizes of each step's network.</summary>
    internal ConditionerShape Shape(int classes) => new(HiddenSize, Blocks, classes, Activation);

    /// <summary>Values in all parameters and buffers.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    internal long CountValues(long size, int classes)
    {
        long step = Autoregressive ? AutoregressiveStep.CountValues(size, Transform, Shape(classes))
            : CouplingStep.CountValues(size, Transform, Shape(classes));
        return checked(Steps * step + TailStep.CountValues(size) + (Whitening ? Trainers.Whitening.CountValues(size) : 0));
    }
}
