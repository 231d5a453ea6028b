using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor empty_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("empty_like", this, dtype, default, device).with_requires_grad(requires_grad);
        public Tensor zeros_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("zeros_like", this, dtype, default, device).with_requires_grad(requires_grad);
        public Tensor ones_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("ones_like", this, dtype, default, device).with_requires_grad(requires_grad);
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("full_like", this, value, dtype, default, device).with_requires_grad(requires_grad);
        public Tensor rand_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("rand_like", this, dtype, default, device).with_requires_grad(requires_grad);
        public Tensor randn_like(ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("randn_like", this, dtype, default, device).with_requires_grad(requires_grad);
        public Tensor randint_like(long low, long high, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
            Call("randint_like.low_dtype", this, low, high, dtype, default, device).with_requires_grad(requires_grad);
    }
}
