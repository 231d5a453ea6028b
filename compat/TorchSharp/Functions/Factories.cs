using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    static ScalarType defaultType = ScalarType.Float32;

    public static ScalarType get_default_dtype() => defaultType;

    public static void set_default_dtype(ScalarType dtype) => defaultType = dtype;

    static Tensor Create(string op, ReadOnlySpan<long> size, ScalarType? dtype, Device device, bool requires_grad, string[] names) =>
        Finish(Call(op, size, dtype ?? defaultType, default, InitializeDevice(device)), requires_grad, names);

    static Tensor Random(string op, ReadOnlySpan<long> size, Generator generator, ScalarType? dtype, Device device, bool requires_grad,
        string[] names) =>
        Finish(Call(op, size, generator, dtype ?? defaultType, default, InitializeDevice(device)), requires_grad, names);

    static Tensor Full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype, Device device, bool requires_grad, string[] names) =>
        Finish(Call("full", size, value, dtype ?? (is_integral(value.Type) ? ScalarType.Int64 : defaultType), default,
            InitializeDevice(device)), requires_grad, names);

    static Tensor Finish(Tensor result, bool requires_grad, string[] names = null)
    {
        if (names is { Length: > 0 }) result.rename_(names);
        if (requires_grad) result.requires_grad = true;
        return result;
    }

    static ScalarType TypeOf(Type type) =>
        type == typeof(float) ? ScalarType.Float32
        : type == typeof(double) ? ScalarType.Float64
        : type == typeof(long) ? ScalarType.Int64
        : type == typeof(int) ? ScalarType.Int32
        : type == typeof(short) ? ScalarType.Int16
        : type == typeof(sbyte) ? ScalarType.Int8
        : type == typeof(byte) ? ScalarType.Byte
        : type == typeof(bool) ? ScalarType.Bool
        : type == typeof(Half) ? ScalarType.Float16
        : throw new NotSupportedException($"No tensor holds elements of type {type}.");

    static Tensor Copy<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> size, ScalarType? dtype, Device device, bool requires_grad,
        string[] names = null) where T : unmanaged =>
        Copy(MemoryMarshal.AsBytes(values), TypeOf(typeof(T)), size, dtype, device, requires_grad, names);

    static Tensor Copy(ReadOnlySpan<byte> values, ScalarType type, ReadOnlySpan<long> size, ScalarType? dtype, Device device,
        bool requires_grad, string[] names)
    {
        device = InitializeDevice(device);
        var count = 1L;
        foreach (var length in size) count = checked(count * length);
        var given = values.Length / type.ElementSize();
        if (count > given) throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {given}");
        var result = Create("empty.memory_format", size, type, CPU, false, null);
        values[..(int)(count * type.ElementSize())].CopyTo(result.bytes);
        if (device.type != DeviceType.CPU || dtype is { } t && t != type) result = result.to(dtype ?? type, device, disposeAfter: true);
        return Finish(result, requires_grad, names);
    }

    static ReadOnlySpan<T> Flat<T>(Array array) where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    static long[] Shape(Array array)
    {
        var shape = new long[array.Rank];
        for (var d = 0; d < shape.Length; d++) shape[d] = array.GetLength(d);
        return shape;
    }

    public static Tensor from_array(Array rawArray, Device device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device device = null, bool requires_grad = false,
        string[] names = null)
    {
        var type = TypeOf(rawArray.GetType().GetElementType());
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(rawArray),
            checked(rawArray.Length * type.ElementSize()));
        return Copy(bytes, type, Shape(rawArray), dtype, device, requires_grad, names);
    }

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device device = null) => from_array(data, dtype, device);

    public static Tensor as_tensor(Tensor data, ScalarType? dtype = null, Device device = null) =>
        data.to(dtype ?? data.dtype, device ?? data.device);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false)
    {
        var integral = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        return Finish(Call("arange.start_step", start, stop, step, dtype ?? (integral ? ScalarType.Int64 : defaultType), default,
            InitializeDevice(device)), requires_grad);
    }

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false) =>
        Finish(Call("linspace", start, end, steps, dtype ?? defaultType, default, InitializeDevice(device)), requires_grad);

    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false) =>
        Finish(Call("logspace", start, end, steps, @base, dtype ?? defaultType, default, InitializeDevice(device)), requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Finish(Call("eye.m", rows, columns == -1 ? rows : columns, dtype ?? defaultType, default, InitializeDevice(device)), requires_grad,
            names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null) =>
        Finish(Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, default, InitializeDevice(device)), requires_grad);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        randint(0, high, new Size(size), dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        randint(low, high, new Size(size), dtype, device, requires_grad, generator, names);

    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Finish(Call("randint.low_generator", low, high, size.Shape, generator, dtype ?? ScalarType.Int64, default,
            InitializeDevice(device)), requires_grad, names);

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        randn(size, dtype, device, false, generator, names).mul_(std).add_(mean).requires_grad_(requires_grad);

    public static Tensor normal(Tensor mean, Tensor std, Generator generator = null) => Call("normal.Tensor_Tensor", mean, std, generator);

    public static Tensor zeros(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Create("zeros", [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);
    public static Tensor zeros(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("zeros", [dim0, dim1, dim2], dtype, device, requires_grad, names);
    public static Tensor zeros(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("zeros", [rows, columns], dtype, device, requires_grad, names);
    public static Tensor zeros(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("zeros", [size], dtype, device, requires_grad, names);
    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("zeros", size, dtype, device, requires_grad, names);
    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("zeros", size, dtype, device, requires_grad, names);

    public static Tensor ones(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Create("ones", [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);
    public static Tensor ones(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("ones", [dim0, dim1, dim2], dtype, device, requires_grad, names);
    public static Tensor ones(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("ones", [rows, columns], dtype, device, requires_grad, names);
    public static Tensor ones(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("ones", [size], dtype, device, requires_grad, names);
    public static Tensor ones(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("ones", size, dtype, device, requires_grad, names);
    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("ones", size, dtype, device, requires_grad, names);

    public static Tensor empty(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Create("empty.memory_format", [dim0, dim1, dim2, dim3], dtype, device, requires_grad, names);
    public static Tensor empty(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("empty.memory_format", [dim0, dim1, dim2], dtype, device, requires_grad, names);
    public static Tensor empty(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("empty.memory_format", [rows, columns], dtype, device, requires_grad, names);
    public static Tensor empty(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("empty.memory_format", [size], dtype, device, requires_grad, names);
    public static Tensor empty(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("empty.memory_format", size, dtype, device, requires_grad, names);
    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Create("empty.memory_format", size, dtype, device, requires_grad, names);

    public static Tensor full(long dim0, long dim1, long dim2, long dim3, Scalar value, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Full([dim0, dim1, dim2, dim3], value, dtype, device, requires_grad, names);
    public static Tensor full(long dim0, long dim1, long dim2, Scalar value, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Full([dim0, dim1, dim2], value, dtype, device, requires_grad, names);
    public static Tensor full(long rows, long columns, Scalar value, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Full([rows, columns], value, dtype, device, requires_grad, names);
    public static Tensor full(long size, Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Full([size], value, dtype, device, requires_grad, names);
    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Full(size, value, dtype, device, requires_grad, names);
    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, string[] names = null) =>
        Full(size, value, dtype, device, requires_grad, names);

    public static Tensor rand(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Random("rand.generator", [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("rand.generator", [dim0, dim1, dim2], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("rand.generator", [rows, columns], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("rand.generator", [size], generator, dtype, device, requires_grad, names);
    public static Tensor rand(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("rand.generator", size, generator, dtype, device, requires_grad, names);
    public static Tensor rand(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("rand.generator", size, generator, dtype, device, requires_grad, names);

    public static Tensor randn(long dim0, long dim1, long dim2, long dim3, ScalarType? dtype = null, Device device = null,
        bool requires_grad = false, Generator generator = null, string[] names = null) =>
        Random("randn.generator", [dim0, dim1, dim2, dim3], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long dim0, long dim1, long dim2, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("randn.generator", [dim0, dim1, dim2], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long rows, long columns, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("randn.generator", [rows, columns], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("randn.generator", [size], generator, dtype, device, requires_grad, names);
    public static Tensor randn(long[] size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("randn.generator", size, generator, dtype, device, requires_grad, names);
    public static Tensor randn(ReadOnlySpan<long> size, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        Generator generator = null, string[] names = null) =>
        Random("randn.generator", size, generator, dtype, device, requires_grad, names);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Finish(input.empty_like(dtype, device, requires_grad), false, names);
    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Finish(input.full_like(value, dtype, device, requires_grad), false, names);
    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Finish(input.ones_like(dtype, device, requires_grad), false, names);
    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device device = null, bool requires_grad = false,
        string[] names = null) =>
        Finish(input.zeros_like(dtype, device, requires_grad), false, names);
}
