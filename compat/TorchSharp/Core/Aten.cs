using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.Native;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp;

/// <summary>One argument of an operator. <c>default</c> is None; <see cref="Default"/> takes the operator's own default.</summary>
readonly struct Arg
{
    internal readonly object Object;
    internal readonly long Bits;
    internal readonly Tag Tag;

    Arg(Tag tag, long bits, object value = null) => (Tag, Bits, Object) = (tag, bits, value);

    internal static Arg Default => new(Tag.Missing, 0);

    public static implicit operator Arg(Tensor value) => value is null ? default : new(Tag.Tensor, value.Handle, value);
    public static implicit operator Arg(long value) => new(Tag.Int, value);
    public static implicit operator Arg(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(bool value) => new(Tag.Bool, value ? 1 : 0);
    public static implicit operator Arg(long? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(double? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(bool? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(Scalar value) => value is null ? default : new(value.Tag, value.Bits);
    public static implicit operator Arg(torch.ScalarType value) => new(Tag.Int, (long)value);
    public static implicit operator Arg(torch.ScalarType? value) => value is { } v ? v : default(Arg);
    public static implicit operator Arg(torch.Device value) => value is null ? default : new(Tag.Device, value.Bits);
    public static implicit operator Arg(torch.Generator value) => value is null ? default : new(Tag.Generator, value.Handle, value);
    public static implicit operator Arg(string value) => value is null ? default : new(Tag.String, 0, Encoding.UTF8.GetBytes(value));
    public static implicit operator Arg(long[] value) => value is null ? default : new(Tag.Ints, 0, value);
    public static implicit operator Arg(ReadOnlySpan<long> value) => new(Tag.Ints, 0, value.ToArray());
    public static implicit operator Arg(double[] value) => value is null ? default : new(Tag.Doubles, 0, value);
    public static implicit operator Arg(Tensor[] value) => value is null ? default : new(Tag.Tensors, 0, value);
    public static implicit operator Arg((long, long) value) => new[] { value.Item1, value.Item2 };
    public static implicit operator Arg((long, long)? value) => value is { } v ? v : default(Arg);

    /// <summary>Eight-byte words that the argument's list needs beside its cell.</summary>
    internal int Words => Object switch
    {
        long[] list => list.Length,
        double[] list => list.Length,
        Tensor[] list => list.Length,
        byte[] text => text.Length / 8 + 1,
        _ => 0,
    };
}

/// <summary>Calls operators of libtorch by their name in its schemas ("add.Tensor"). Numbers are converted as the schema asks
/// and missing trailing arguments take its defaults, so that an operator is one line of C#.</summary>
static unsafe class Aten
{
    // Names are literals, hence one object each: comparing references is enough, and fastest.
    static readonly ConcurrentDictionary<string, nint> operators = new(ReferenceEqualityComparer.Instance);

    /// <summary>Calls an operator with one tensor as its result.</summary>
    internal static Tensor Call(string name, params ReadOnlySpan<Arg> arguments)
    {
        Cell result;
        Invoke(name, arguments, &result, 1);
        return Wrap(result);
    }

    /// <summary>Calls an operator that changes <paramref name="self"/>, its first argument, and returns that.</summary>
    internal static Tensor Update(string name, Tensor self, params ReadOnlySpan<Arg> arguments)
    {
        Span<Arg> all = [default, default, default, default, default, default, default, default];
        all[0] = self;
        arguments.CopyTo(all[1..]);
        Cell result;
        if (Invoke(name, all[..(arguments.Length + 1)], &result, 1) == 1 && result.Pointer != 0) ts_release(result.Pointer);
        return self;
    }

    /// <summary>Calls an operator with two tensors as its results.</summary>
    internal static (Tensor, Tensor) Call2(string name, params ReadOnlySpan<Arg> arguments)
    {
        var results = stackalloc Cell[2];
        Invoke(name, arguments, results, 2);
        return (Wrap(results[0]), Wrap(results[1]));
    }

    /// <summary>Calls an operator with three tensors as its results.</summary>
    internal static (Tensor, Tensor, Tensor) Call3(string name, params ReadOnlySpan<Arg> arguments)
    {
        var results = stackalloc Cell[3];
        Invoke(name, arguments, results, 3);
        return (Wrap(results[0]), Wrap(results[1]), Wrap(results[2]));
    }

    /// <summary>Calls an operator with a list of tensors as its result.</summary>
    internal static Tensor[] CallList(string name, params ReadOnlySpan<Arg> arguments)
    {
        Cell result;
        Invoke(name, arguments, &result, 1);
        var tensors = new Tensor[result.Count];
        for (var k = 0; k < tensors.Length; k++) tensors[k] = new Tensor(((nint*)result.Pointer)[k]);
        ts_free(result.Pointer);
        return tensors;
    }

    /// <summary>Calls an operator that changes a list of tensors, its first argument.</summary>
    internal static void Run(string name, params ReadOnlySpan<Arg> arguments)
    {
        Cell result;
        Invoke(name, arguments, &result, 1);
    }

    /// <summary>Calls an operator whose result is a Boolean.</summary>
    internal static bool CallBool(string name, params ReadOnlySpan<Arg> arguments)
    {
        Cell result;
        Invoke(name, arguments, &result, 1);
        return result.Int != 0;
    }

    /// <summary>Calls an operator whose result is a number.</summary>
    internal static Scalar CallScalar(string name, params ReadOnlySpan<Arg> arguments)
    {
        Cell result;
        Invoke(name, arguments, &result, 1);
        return new Scalar(result.Tag, result.Int);
    }

    /// <summary>Whether the loaded libtorch has an operator.</summary>
    internal static bool Exists(string name)
    {
        var (@base, overload) = Split(name);
        fixed (byte* n = @base, o = overload) return ts_exists(n, o) != 0;
    }

    static Tensor Wrap(in Cell cell) => cell.Pointer == 0 ? null : new Tensor(cell.Pointer, cell.Count);

    [SkipLocalsInit]
    static int Invoke(string name, ReadOnlySpan<Arg> arguments, Cell* results, int capacity)
    {
        if (!operators.TryGetValue(name, out var op)) op = Find(name);
        var words = 0;
        foreach (ref readonly var argument in arguments) if (argument.Object is not null) words += argument.Words;

        const int OnStack = 64;
        var cells = stackalloc Cell[arguments.Length];
        var inline = stackalloc long[OnStack];
        var lists = words <= OnStack ? inline : (long*)NativeMemory.Alloc((nuint)words, 8);
        try
        {
            var next = lists;
            for (var k = 0; k < arguments.Length; k++) next = Write(arguments[k], ref cells[k], next);
            *results = default;
            Check(ts_call(op, cells, arguments.Length, results, &capacity));
            // Until here every object behind a handle must live.
            foreach (ref readonly var argument in arguments) GC.KeepAlive(argument.Object);
            return capacity;
        }
        finally
        {
            if (lists != inline) NativeMemory.Free(lists);
        }
    }

    static long* Write(in Arg argument, ref Cell cell, long* next)
    {
        cell.Tag = argument.Tag;
        cell.Int = argument.Bits;
        if (argument.Tag is < Tag.Ints or > Tag.String) return next;
        cell.Pointer = (nint)next;
        switch (argument.Object)
        {
            case long[] list:
                list.CopyTo(new Span<long>(next, list.Length));
                cell.Count = list.Length;
                return next + list.Length;
            case double[] list:
                list.CopyTo(new Span<double>(next, list.Length));
                cell.Count = list.Length;
                return next + list.Length;
            case Tensor[] list:
                for (var k = 0; k < list.Length; k++) next[k] = list[k] is null ? 0 : list[k].Handle;
                cell.Count = list.Length;
                return next + list.Length;
            case byte[] text:
                text.CopyTo(new Span<byte>(next, text.Length));
                cell.Count = text.Length;
                return next + text.Length / 8 + 1;
            default: throw new InvalidOperationException();
        }
    }

    static nint Find(string name)
    {
        var (@base, overload) = Split(name);
        nint op;
        fixed (byte* n = @base, o = overload) Check(ts_find(n, o, &op));
        return operators.GetOrAdd(name, op);
    }

    static (byte[], byte[]) Split(string name)
    {
        var parts = name.Split('.');
        return (Encoding.UTF8.GetBytes($"aten::{parts[0]}\0"), Encoding.UTF8.GetBytes((parts.Length > 1 ? parts[1] : "") + "\0"));
    }

    /// <summary>The handles of tensors, for the few native calls that are no operators.</summary>
    internal static nint[] Handles(IEnumerable<Tensor> tensors) => tensors?.Select(t => t is null ? 0 : t.Handle).ToArray() ?? [];
}
