using static TorchSharp.Aten;

namespace TorchSharp;

#pragma warning disable CS0660, CS0661 // Equals and GetHashCode are in Tensor.Core.cs

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => Call("add.Tensor", left, right);
        public static Tensor operator +(Tensor left, Scalar right) => Call("add.Tensor", left, right);
        public static Tensor operator +(Tensor left, int right) => Call("add.Tensor", left, right);
        public static Tensor operator +(Tensor left, long right) => Call("add.Tensor", left, right);
        public static Tensor operator +(Tensor left, float right) => Call("add.Tensor", left, right);
        public static Tensor operator +(Tensor left, double right) => Call("add.Tensor", left, right);
        public static Tensor operator +(Scalar left, Tensor right) => right + left;
        public static Tensor operator +(int left, Tensor right) => right + left;
        public static Tensor operator +(long left, Tensor right) => right + left;
        public static Tensor operator +(float left, Tensor right) => right + left;
        public static Tensor operator +(double left, Tensor right) => right + left;
        public static Tensor operator -(Tensor left, Tensor right) => Call("sub.Tensor", left, right);
        public static Tensor operator -(Tensor left, Scalar right) => Call("sub.Tensor", left, right);
        public static Tensor operator -(Tensor left, int right) => Call("sub.Tensor", left, right);
        public static Tensor operator -(Tensor left, long right) => Call("sub.Tensor", left, right);
        public static Tensor operator -(Tensor left, float right) => Call("sub.Tensor", left, right);
        public static Tensor operator -(Tensor left, double right) => Call("sub.Tensor", left, right);
        public static Tensor operator -(Scalar left, Tensor right) => Call("rsub.Scalar", right, left);
        public static Tensor operator -(int left, Tensor right) => Call("rsub.Scalar", right, (Scalar)left);
        public static Tensor operator -(long left, Tensor right) => Call("rsub.Scalar", right, (Scalar)left);
        public static Tensor operator -(float left, Tensor right) => Call("rsub.Scalar", right, (Scalar)left);
        public static Tensor operator -(double left, Tensor right) => Call("rsub.Scalar", right, (Scalar)left);
        public static Tensor operator *(Tensor left, Tensor right) => Call("mul.Tensor", left, right);
        public static Tensor operator *(Tensor left, Scalar right) => Call("mul.Tensor", left, right);
        public static Tensor operator *(Tensor left, int right) => Call("mul.Tensor", left, right);
        public static Tensor operator *(Tensor left, long right) => Call("mul.Tensor", left, right);
        public static Tensor operator *(Tensor left, float right) => Call("mul.Tensor", left, right);
        public static Tensor operator *(Tensor left, double right) => Call("mul.Tensor", left, right);
        public static Tensor operator *(Scalar left, Tensor right) => right * left;
        public static Tensor operator *(int left, Tensor right) => right * left;
        public static Tensor operator *(long left, Tensor right) => right * left;
        public static Tensor operator *(float left, Tensor right) => right * left;
        public static Tensor operator *(double left, Tensor right) => right * left;
        public static Tensor operator /(Tensor left, Tensor right) => Call("div.Tensor", left, right);
        public static Tensor operator /(Tensor left, Scalar right) => Call("div.Tensor", left, right);
        public static Tensor operator /(Tensor left, int right) => Call("div.Tensor", left, right);
        public static Tensor operator /(Tensor left, long right) => Call("div.Tensor", left, right);
        public static Tensor operator /(Tensor left, float right) => Call("div.Tensor", left, right);
        public static Tensor operator /(Tensor left, double right) => Call("div.Tensor", left, right);
        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal() * left;
        public static Tensor operator /(int left, Tensor right) => right.reciprocal() * left;
        public static Tensor operator /(long left, Tensor right) => right.reciprocal() * left;
        public static Tensor operator /(float left, Tensor right) => right.reciprocal() * left;
        public static Tensor operator /(double left, Tensor right) => right.reciprocal() * left;
        public static Tensor operator %(Tensor left, Tensor right) => Call("remainder.Tensor", left, right);
        public static Tensor operator %(Tensor left, Scalar right) => Call("remainder.Tensor", left, right);
        public static Tensor operator %(Tensor left, int right) => Call("remainder.Tensor", left, right);
        public static Tensor operator %(Tensor left, long right) => Call("remainder.Tensor", left, right);
        public static Tensor operator %(Tensor left, float right) => Call("remainder.Tensor", left, right);
        public static Tensor operator %(Tensor left, double right) => Call("remainder.Tensor", left, right);
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);
        public static Tensor operator -(Tensor tensor) => tensor.neg();
        public static Tensor operator ~(Tensor left) => left.bitwise_not();
        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);
        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);
        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        public static implicit operator Tensor(byte value) => tensor(value);
        public static implicit operator Tensor(sbyte value) => tensor(value);
        public static implicit operator Tensor(short value) => tensor(value);
        public static implicit operator Tensor(int value) => tensor(value);
        public static implicit operator Tensor(long value) => tensor(value);
        public static implicit operator Tensor(float value) => tensor(value);
        public static implicit operator Tensor(double value) => tensor(value);
        public static implicit operator Tensor(bool value) => tensor(value);
        public static implicit operator Tensor(Scalar scalar) => Call("scalar_tensor", scalar, scalar.Type);
        public static implicit operator Tensor(byte[] value) => tensor(value);
        public static implicit operator Tensor(sbyte[] value) => tensor(value);
        public static implicit operator Tensor(short[] value) => tensor(value);
        public static implicit operator Tensor(int[] value) => tensor(value);
        public static implicit operator Tensor(long[] value) => tensor(value);
        public static implicit operator Tensor(float[] value) => tensor(value);
        public static implicit operator Tensor(double[] value) => tensor(value);
        public static implicit operator Tensor(bool[] value) => tensor(value);
    }
}
