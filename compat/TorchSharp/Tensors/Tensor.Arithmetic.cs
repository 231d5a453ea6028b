using System;
using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Call("add.Tensor", this, target);
        public Tensor add(Scalar scalar) => Call("add.Tensor", this, scalar);
        public Tensor add(Tensor target, Scalar alpha) => Call("add.Tensor", this, target, alpha);
        public Tensor add(Scalar scalar, Scalar alpha) => Call("add.Tensor", this, scalar, alpha);
        public Tensor add_(Tensor target) => Update("add_.Tensor", this, target);
        public Tensor add_(Scalar scalar) => Update("add_.Tensor", this, scalar);
        public Tensor add_(Tensor target, Scalar alpha) => Update("add_.Tensor", this, target, alpha);
        public Tensor add_(Scalar scalar, Scalar alpha) => Update("add_.Tensor", this, scalar, alpha);
        public Tensor sub(Tensor target) => Call("sub.Tensor", this, target);
        public Tensor sub(Scalar target) => Call("sub.Tensor", this, target);
        public Tensor sub_(Tensor target) => Update("sub_.Tensor", this, target);
        public Tensor sub_(Scalar target) => Update("sub_.Tensor", this, target);
        public Tensor mul(Tensor target) => Call("mul.Tensor", this, target);
        public Tensor mul(Scalar target) => Call("mul.Tensor", this, target);
        public Tensor mul_(Tensor target) => Update("mul_.Tensor", this, target);
        public Tensor mul_(Scalar target) => Update("mul_.Tensor", this, target);
        public Tensor subtract(Tensor target) => sub(target);
        public Tensor subtract(Scalar target) => sub(target);
        public Tensor multiply(Tensor target) => mul(target);
        public Tensor multiply(Scalar target) => mul(target);

        static string Name(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Call("div.Tensor_mode", this, target, Name(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Call("div.Tensor_mode", this, target, Name(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Update("div_.Tensor_mode", this, target, Name(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Update("div_.Tensor_mode", this, target, Name(rounding_mode));
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor true_divide(Tensor other) => div(other);
        public Tensor true_divide(Scalar other) => div(other);
        public Tensor floor_divide(Tensor other) => Call("floor_divide", this, other);
        public Tensor floor_divide(Scalar other) => Call("floor_divide", this, other);

        public Tensor remainder(Tensor target) => Call("remainder.Tensor", this, target);
        public Tensor remainder(Scalar scalar) => Call("remainder.Scalar", this, scalar);
        public Tensor remainder_(Tensor target) => Update("remainder_.Tensor", this, target);
        public Tensor remainder_(Scalar scalar) => Update("remainder_.Scalar", this, scalar);
        public Tensor fmod(Tensor target) => Call("fmod.Tensor", this, target);
        public Tensor fmod(Scalar scalar) => Call("fmod.Scalar", this, scalar);

        public Tensor pow(Tensor exponent) => Call("pow.Tensor_Tensor", this, exponent);
        public Tensor pow(Scalar exponent) => Call("pow.Tensor_Scalar", this, exponent);
        public Tensor pow_(Tensor exponent) => Update("pow_.Tensor", this, exponent);
        public Tensor pow_(Scalar exponent) => Update("pow_.Scalar", this, exponent);
        public Tensor atan2(Tensor other) => Call("atan2", this, other);
        public Tensor hypot(Tensor other) => Call("hypot", this, other);
        public Tensor copysign(Tensor other) => Call("copysign.Tensor", this, other);
        public Tensor logaddexp(Tensor other) => Call("logaddexp", this, other);
        public Tensor xlogy(Tensor y) => Call("xlogy.Tensor", this, y);
        public Tensor xlogy(Scalar y) => Call("xlogy.Scalar_Other", this, y);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Call("addcmul", this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Update("addcmul_", this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Call("addcdiv", this, tensor1, tensor2);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Call("addcdiv", this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Update("addcdiv_", this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Update("addcdiv_", this, tensor1, tensor2, value);
        public Tensor lerp(Tensor end, Tensor weight) => Call("lerp.Tensor", this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => Update("lerp_.Tensor", this, end, weight);

        public Tensor clamp(Scalar min = null, Scalar max = null) => Call("clamp", this, min, max);
        public Tensor clamp(Tensor min = null, Tensor max = null) => Call("clamp.Tensor", this, min, max);
        public Tensor clamp_(Scalar min = null, Scalar max = null) => Update("clamp_", this, min, max);
        public Tensor clamp_(Tensor min = null, Tensor max = null) => Update("clamp_.Tensor", this, min, max);
        public Tensor clamp_max(Scalar max) => Call("clamp_max", this, max);
        public Tensor clamp_max_(Scalar max) => Update("clamp_max_", this, max);
        public Tensor clamp_min(Scalar min) => Call("clamp_min", this, min);
        public Tensor clamp_min_(Scalar min) => Update("clamp_min_", this, min);
        public Tensor clip(Scalar min = null, Scalar max = null) => clamp(min, max);

        public Tensor round(long decimals = 0) => Call("round.decimals", this, decimals);
        public Tensor round_(long decimals = 0) => Update("round_.decimals", this, decimals);
        public Tensor logit(double? eps = null) => Call("logit", this, eps);
        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) =>
            Call("nan_to_num", this, nan, posinf, neginf);
        public Tensor polygamma(long p) => Call("polygamma", p, this);

        public Tensor leaky_relu(Scalar negative_slope) => Call("leaky_relu", this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => Update("leaky_relu_", this, negative_slope);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => Call("elu", this, alpha, scale, input_scale);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => Update("elu_", this, alpha, scale, input_scale);
        public Tensor celu() => Call("celu", this);
        public Tensor log_sigmoid() => Call("log_sigmoid", this);
        public Tensor softplus() => Call("softplus", this);
        public Tensor prelu(Tensor target) => Call("prelu", this, target);
        public Tensor softmax(long dim, ScalarType? dtype = null) => Call("softmax.int", this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Call("log_softmax.int", this, dim, dtype);

        public Tensor fill_(Scalar value) => Update("fill_.Scalar", this, value);
        public Tensor zero_() => Update("zero_", this);
    }
}
