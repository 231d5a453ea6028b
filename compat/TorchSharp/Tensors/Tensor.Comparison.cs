using System;
using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Call("eq.Tensor", this, target);
        public Tensor eq(Scalar target) => Call("eq.Scalar", this, target);
        public Tensor eq_(Tensor target) => Update("eq_.Tensor", this, target);
        public Tensor eq_(Scalar target) => Update("eq_.Scalar", this, target);
        public Tensor ne(Tensor target) => Call("ne.Tensor", this, target);
        public Tensor ne(Scalar target) => Call("ne.Scalar", this, target);
        public Tensor ne_(Tensor target) => Update("ne_.Tensor", this, target);
        public Tensor ne_(Scalar target) => Update("ne_.Scalar", this, target);
        public Tensor lt(Tensor target) => Call("lt.Tensor", this, target);
        public Tensor lt(Scalar target) => Call("lt.Scalar", this, target);
        public Tensor lt_(Tensor target) => Update("lt_.Tensor", this, target);
        public Tensor lt_(Scalar target) => Update("lt_.Scalar", this, target);
        public Tensor le(Tensor target) => Call("le.Tensor", this, target);
        public Tensor le(Scalar target) => Call("le.Scalar", this, target);
        public Tensor le_(Tensor target) => Update("le_.Tensor", this, target);
        public Tensor le_(Scalar target) => Update("le_.Scalar", this, target);
        public Tensor gt(Tensor target) => Call("gt.Tensor", this, target);
        public Tensor gt(Scalar target) => Call("gt.Scalar", this, target);
        public Tensor gt_(Tensor target) => Update("gt_.Tensor", this, target);
        public Tensor gt_(Scalar target) => Update("gt_.Scalar", this, target);
        public Tensor ge(Tensor target) => Call("ge.Tensor", this, target);
        public Tensor ge(Scalar target) => Call("ge.Scalar", this, target);
        public Tensor ge_(Tensor target) => Update("ge_.Tensor", this, target);
        public Tensor ge_(Scalar target) => Update("ge_.Scalar", this, target);

        public Tensor equal(Tensor target) => eq(target);
        public Tensor not_equal(Tensor target) => ne(target);
        public Tensor not_equal_(Tensor target) => ne_(target);
        public Tensor less(Tensor target) => lt(target);
        public Tensor less_equal(Tensor target) => le(target);
        public Tensor less_equal_(Tensor target) => le_(target);
        public Tensor greater(Tensor target) => gt(target);
        public Tensor greater_equal(Tensor target) => ge(target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            CallBool("allclose", this, target, rtol, atol, equal_nan);
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Call("isclose", this, other, rtol, atol, nanEqual);
        public Tensor isin(Tensor test_elements, bool assumeUnique = false, bool invert = false) =>
            Call("isin.Tensor_Tensor", this, test_elements, assumeUnique, invert);

        public Tensor max(Tensor other) => Call("max.other", this, other);
        public Tensor min(Tensor other) => Call("min.other", this, other);
        public Tensor maximum(Tensor other) => Call("maximum", this, other);
        public Tensor minimum(Tensor other) => Call("minimum", this, other);
        public Tensor fmax(Tensor other) => Call("fmax", this, other);
        public Tensor fmin(Tensor other) => Call("fmin", this, other);

        public Tensor logical_and(Tensor other) => Call("logical_and", this, other);
        public Tensor logical_and_(Tensor other) => Update("logical_and_", this, other);
        public Tensor logical_or(Tensor other) => Call("logical_or", this, other);
        public Tensor logical_or_(Tensor other) => Update("logical_or_", this, other);
        public Tensor logical_xor(Tensor other) => Call("logical_xor", this, other);
        public Tensor logical_xor_(Tensor other) => Update("logical_xor_", this, other);

        public Tensor bitwise_and(Tensor other) => Call("bitwise_and.Tensor", this, other);
        public Tensor bitwise_or(Tensor other) => Call("bitwise_or.Tensor", this, other);
        public Tensor bitwise_xor(Tensor other) => Call("bitwise_xor.Tensor", this, other);
        public Tensor bitwise_left_shift(Tensor other) => Call("bitwise_left_shift.Tensor", this, other);
        public Tensor bitwise_right_shift(Tensor other) => Call("bitwise_right_shift.Tensor", this, other);

        public Tensor where(Tensor condition, Tensor y) => Call("where.self", condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => Call("masked_fill.Scalar", this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => Update("masked_fill_.Scalar", this, mask, value);
        public Tensor masked_select(Tensor mask) => Call("masked_select", this, mask);
        public Tensor masked_scatter(Tensor mask, Tensor value) => Call("masked_scatter", this, mask, value);
        public Tensor masked_scatter_(Tensor mask, Tensor value) => Update("masked_scatter_", this, mask, value);
        public Tensor nonzero() => Call("nonzero", this);
        public Tensor argwhere() => Call("argwhere", this);
        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) =>
            Call("bucketize.Tensor", this, boundaries, outInt32, right);
    }
}
