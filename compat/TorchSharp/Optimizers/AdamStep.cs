using System;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The update that Adam and AdamW share.</summary>
readonly record struct AdamStep(double Rate, double Beta1, double Beta2, double Eps, double WeightDecay, bool Decoupled, bool Maximize)
{
    /// <summary>Updates one parameter and its moments; false where it has no gradient.</summary>
    internal bool Update(Parameter parameter, long step, Tensor mean, Tensor square, Tensor largest)
    {
        var grad = parameter.grad;
        if (grad is null) return false;
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
        return true;
    }
}
