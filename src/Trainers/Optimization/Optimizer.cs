using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// How gradients become steps: an immutable description, written to JSON by its <c>kind</c>. The learning rate stated here is the peak that
/// a <see cref="LearningRateSchedule"/> varies.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Sgd), "sgd")]
[JsonDerivedType(typeof(Adagrad), "adagrad")]
[JsonDerivedType(typeof(Adadelta), "adadelta")]
[JsonDerivedType(typeof(RmsProp), "rmsprop")]
[JsonDerivedType(typeof(Adam), "adam")]
[JsonDerivedType(typeof(AdamW), "adamw")]
public abstract record Optimizer
{
    private protected Optimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>Peak learning rate, above 0.</summary>
    public double LearningRate { get; init => field = InRange(value, 0, double.MaxValue, exclusive: true); }

    /// <summary>
    /// Pull of every weight towards 0, at least 0. Added to the gradient (L2 penalty), but for <see cref="AdamW"/>, where it acts on the
    /// weight itself.
    /// </summary>
    public double WeightDecay { get; init => field = InRange(value, 0, double.MaxValue); }

    /// <summary>The optimiser over the parameters of a module, with fresh state.</summary>
    internal abstract OptimizerHelper Create(IReadOnlyList<Parameter> parameters);

    private protected static double InRange(double value, double from, double to, bool exclusive = false,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "")
        => double.IsFinite(value) && (exclusive ? value > from : value >= from) && value <= to ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and {(exclusive ? "above" : "at least")} {from}"
                + (to == double.MaxValue ? "." : $", at most {to}."));
}

/// <summary>Stochastic gradient descent with optional momentum (Polyak 1964) and Nesterov's look-ahead (Sutskever et al. 2013).</summary>
public sealed record Sgd() : Optimizer(0.01)
{
    /// <summary>Share of the last step that goes on, 0 (the default) to 1.</summary>
    public double Momentum { get; init => field = InRange(value, 0, 1); }

    /// <summary>Whether the gradient is taken as if the momentum had already acted; needs <see cref="Momentum"/> above 0. Default
    /// no.</summary>
    public bool Nesterov { get; init; }

    internal override OptimizerHelper Create(IReadOnlyList<Parameter> parameters) => Nesterov && Momentum == 0
        ? throw new ArgumentException("Nesterov needs a Momentum above 0.")
        : optim.SGD(parameters, LearningRate, Momentum, 0, WeightDecay, Nesterov);
}

/// <summary>Adagrad (Duchi et al. 2011): steps shrink with the sum of squared gradients of each weight.</summary>
public sealed record Adagrad() : Optimizer(0.01)
{
    /// <summary>Start of the sum of squares, at least 0. Default 0.</summary>
    public double InitialAccumulator { get; init => field = InRange(value, 0, double.MaxValue); }

    /// <summary>Added to the root, at least 0. Default 1e-10.</summary>
    public double Epsilon { get; init => field = InRange(value, 0, double.MaxValue); } = 1e-10;

    internal override OptimizerHelper Create(IReadOnlyList<Parameter> parameters)
        => optim.Adagrad(parameters, LearningRate, 0, WeightDecay, InitialAccumulator, Epsilon);
}

/// <summary>Adadelta (Zeiler 2012): steps in the units of the weights, from running means of squared gradients and squared steps.</summary>
public sealed record Adadelta() : Optimizer(1.0)
{
    /// <summary>Decay of the running means, 0 to 1. Default 0.9.</summary>
    public double Rho { get; init => field = InRange(value, 0, 1); } = 0.9;

    /// <summary>Added under the roots, at least 0. Default 1e-6.</summary>
    public double Epsilon { get; init => field = InRange(value, 0, double.MaxValue); } = 1e-6;

    internal override OptimizerHelper Create(IReadOnlyList<Parameter> parameters)
        => optim.Adadelta(parameters, LearningRate, Rho, Epsilon, WeightDecay);
}

/// <summary>RMSProp (Hinton 2012, lecture 6e): steps divided by the root of a running mean of squared gradients.</summary>
public sealed record RmsProp() : Optimizer(0.001)
{
    /// <summary>Decay of the running mean, 0 to 1. Default 0.99.</summary>
    public double Alpha { get; init => field = InRange(value, 0, 1); } = 0.99;

    /// <summary>Share of the last step that goes on, 0 (the default) to 1.</summary>
    public double Momentum { get; init => field = InRange(value, 0, 1); }

    /// <summary>Whether the mean gradient is taken out of the running mean of squares (Graves 2013). Default no.</summary>
    public bool Centered { get; init; }

    /// <summary>Added to the root, at least 0. Default 1e-8.</summary>
    public double Epsilon { get; init => field = InRange(value, 0, double.MaxValue); } = 1e-8;

    internal override OptimizerHelper Create(IReadOnlyList<Parameter> parameters)
        => optim.RMSProp(parameters, LearningRate, Alpha, Epsilon, WeightDecay, Momentum, Centered);
}

/// <summary>Adam (Kingma and Ba 2015, algorithm 1).</summary>
public sealed record Adam() : Optimizer(0.001)
{
    /// <summary>Decay of the mean gradient, 0 to below 1. Default 0.9.</summary>
    public double Beta1 { get; init => field = InRange(value, 0, double.BitDecrement(1)); } = 0.9;

    /// <summary>Decay of the mean squared gradient, 0 to below 1. Default 0.999.</summary>
    public double Beta2 { get; init => field = InRange(value, 0, double.BitDecrement(1)); } = 0.999;

    /// <summary>Added to the root, at least 0. Default 1e-8.</summary>
    public double Epsilon { get; init => field = InRange(value, 0, double.MaxValue); } = 1e-8;

    /// <summary>Whether the largest mean square so far is used (AMSGrad: Reddi et al. 2018). Default no.</summary>
    public bool AmsGrad { get; init; }

    internal override OptimizerHelper Create(IReadOnlyList<Parameter> parameters)
        => AmsGrad ? optim.Adam(parameters, LearningRate, Beta1, Beta2, Epsilon, WeightDecay, amsgrad: true)
            : new FusedAdam(parameters, this);
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).</summary>
public sealed record AdamW : Optimizer
{
    /// <summary>The paper's defaults: learning rate 0.001, weight decay 0.01.</summary>
    public AdamW() : base(0.001) => WeightDecay = 0.01;

    /// <summary>Decay of the mean gradient, 0 to below 1. Default 0.9.</summary>
    public double Beta1 { get; init => field = InRange(value, 0, double.BitDecrement(1)); } = 0.9;

    /// <summary>Decay of the mean squared gradient, 0 to below 1. Default 0.999.</summary>
    public double Beta2 { get; init => field = InRange(value, 0, double.BitDecrement(1)); } = 0.999;

    /// <summary>Added to the root, at least 0. Default 1e-8.</summary>
    public double Epsilon { get; init => field = InRange(value, 0, double.MaxValue); } = 1e-8;

    /// <summary>Whether the largest mean square so far is used (AMSGrad: Reddi et al. 2018). Default no.</summary>
    public bool AmsGrad { get; init; }

    internal override OptimizerHelper Create(IReadOnlyList<Parameter> parameters)
        => AmsGrad ? optim.AdamW(parameters, LearningRate, Beta1, Beta2, Epsilon, WeightDecay, amsgrad: true)
            : new FusedAdamW(parameters, this);
}
