using System;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>What Adam and AdamW do alike; their public types are apart, as in the real library.</summary>
readonly record struct AdamStep(double Rate, double Beta1, double Beta2, double Eps, double WeightDecay, bool Decoupled, bool Maximize)
{
    internal static void Check(double lr, double beta1, double beta2, double eps, double weight_decay)
    {
        OptimizerHelper.Require(lr >= 0, "learning rate", lr);
        OptimizerHelper.Require(eps >= 0, "ε", eps);
        OptimizerHelper.Require(beta1 is >= 0 and < 1, "beta1", beta1);
        OptimizerHelper.Require(beta2 is >= 0 and < 1, "beta2", beta2);
        OptimizerHelper.Require(weight_decay >= 0, "weight_decay value", weight_decay);
    }

    /// <summary>Updates one parameter, its moments and its count of steps, where it has a gradient.</summary>
    internal void Update(Parameter parameter, ref long step, Tensor mean, Tensor square, Tensor largest)
    {
        var grad = parameter.grad;
        if (grad is null) return;
        step++;
        if (Maximize) grad = -grad;
        if (Decoupled) parameter.mul_(1 - Rate * WeightDecay);
        else if (WeightDecay != 0) grad = grad.add(parameter, WeightDecay);
        mean.mul_(Beta1).add_(grad, 1 - Beta1);
        square.mul_(Beta2).addcmul_(grad, grad, 1 - Beta2);
        if (largest is not null) largest.copy_(largest.maximum(square));
        var correction1 = 1 - Math.Pow(Beta1, step);
        var correction2 = 1 - Math.Pow(Beta2, step);
        var denominator = (largest ?? square).sqrt().div_(Math.Sqrt(correction2)).add_(Eps);
        parameter.addcdiv_(mean, denominator, -Rate / correction1);
    }
}
