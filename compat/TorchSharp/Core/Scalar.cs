using System;
using static TorchSharp.Native;

namespace TorchSharp;

/// <summary>A number of a tensor's kind.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly Tag Tag;
    internal readonly long Bits;

    internal Scalar(Tag tag, long bits) => (Tag, Bits) = (tag, bits);
    Scalar(long value) : this(Tag.Int, value) { }
    Scalar(double value) : this(Tag.Double, BitConverter.DoubleToInt64Bits(value)) { }

    public torch.ScalarType Type => Tag switch
    {
        Tag.Bool => torch.ScalarType.Bool,
        Tag.Int => torch.ScalarType.Int64,
        _ => torch.ScalarType.Float64,
    };

    internal double Value => Tag == Tag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    public void Dispose() { }

    public static implicit operator Scalar(byte value) => new((long)value);
    public static implicit operator Scalar(sbyte value) => new((long)value);
    public static implicit operator Scalar(short value) => new((long)value);
    public static implicit operator Scalar(int value) => new((long)value);
    public static implicit operator Scalar(long value) => new(value);
    public static implicit operator Scalar(Half value) => new((double)value);
    public static implicit operator Scalar(float value) => new((double)value);
    public static implicit operator Scalar(double value) => new(value);
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0);
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;
    public static Scalar ToScalar(this sbyte value) => value;
    public static Scalar ToScalar(this short value) => value;
    public static Scalar ToScalar(this int value) => value;
    public static Scalar ToScalar(this long value) => value;
    public static Scalar ToScalar(this Half value) => value;
    public static Scalar ToScalar(this float value) => value;
    public static Scalar ToScalar(this double value) => value;
    public static Scalar ToScalar(this bool value) => value;

    public static bool ToBoolean(this Scalar value) => value.Value != 0;
    public static byte ToByte(this Scalar value) => (byte)value.Value;
    public static sbyte ToSByte(this Scalar value) => (sbyte)value.Value;
    public static short ToInt16(this Scalar value) => (short)value.Value;
    public static int ToInt32(this Scalar value) => (int)value.Value;
    public static long ToInt64(this Scalar value) => value.Tag == Tag.Double ? (long)value.Value : value.Bits;
    public static Half ToHalf(this Scalar value) => (Half)value.Value;
    public static float ToSingle(this Scalar value) => (float)value.Value;
    public static double ToDouble(this Scalar value) => value.Value;
}
