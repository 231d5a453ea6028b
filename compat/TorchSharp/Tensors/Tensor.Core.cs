using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using static TorchSharp.Aten;
using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>An n-dimensional array of numbers, owned by libtorch.</summary>
    public partial class Tensor : IDisposable
    {
        internal nint handle;
        internal DisposeScope scope;
        internal int scopeIndex;
        readonly int kilobytes;

        static long totalCount, peakCount;

        internal Tensor(nint handle, int kilobytes = 0)
        {
            this.handle = handle;
            this.kilobytes = kilobytes;
            var count = Interlocked.Increment(ref totalCount);
            if (count > peakCount) peakCount = count;
            if (kilobytes > 0) NativeMemoryNet.Add(kilobytes);
            DisposeScopeManager.ThreadSingleton.Register(this);
        }

        public static Tensor UnsafeCreateTensor(nint handle) => new(handle);

        public static long TotalCount => Interlocked.Read(ref totalCount);

        public static long PeakCount => peakCount;

        public string name { get; set; }

        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        public bool IsInvalid => handle == 0;

        /// <summary>Hands on what native code told of this tensor, which must not be finalised before.</summary>
        T Alive<T>(T value)
        {
            GC.KeepAlive(this);
            return value;
        }

        unsafe void CheckAlive(byte* error)
        {
            GC.KeepAlive(this);
            Check(error);
        }

        ~Tensor() => Dispose(false);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            // A tensor that the finalizer reaches is in no living scope: a scope holds on to what it holds.
            if (disposing) scope?.MarkAsDisposed(this);
            var released = Interlocked.Exchange(ref handle, 0);
            if (released == 0) return;
            Interlocked.Decrement(ref totalCount);
            if (kilobytes > 0) NativeMemoryNet.Remove(kilobytes);
            ts_release(released);
        }

        /// <summary>Takes the native reference away from this object, which is then empty.</summary>
        internal nint MoveHandle()
        {
            var moved = Handle;
            handle = 0;
            Interlocked.Decrement(ref totalCount);
            if (kilobytes > 0) NativeMemoryNet.Remove(kilobytes);
            return moved;
        }

        public nint DecoupleFromNativeHandle()
        {
            GC.SuppressFinalize(this);
            return MoveHandle();
        }

        public Tensor MoveToOuterDisposeScope()
        {
            scope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            scope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.scope);

        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            if (scope is not null) scope.MoveToOther(other, this);
            else other?.Attach(this);
            return this;
        }

        public override bool Equals(object obj) => obj is Tensor other && Equals(other);

        public bool Equals(Tensor target) => CallBool("equal", this, target);

        public override int GetHashCode() => base.GetHashCode();

        // ---- shape, type, place

        public long Dimensions => Alive(ts_ndim(Handle));

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Alive(ts_numel(Handle));

        public long numel() => NumberOfElements;

        public long ElementSize => Alive(ts_itemsize(Handle));

        public long element_size() => ElementSize;

        public ScalarType dtype => (ScalarType)Alive(ts_dtype(Handle));

        public Device device => device_type == DeviceType.CPU ? CPU : new Device(device_type, device_index);

        public DeviceType device_type => (DeviceType)Alive(ts_device_type(Handle));

        public int device_index => Alive(ts_device_index(Handle));

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_meta => device_type == DeviceType.META;

        public bool is_contiguous() => Alive(ts_contiguous(Handle)) != 0;

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public long storage_offset() => Alive(ts_offset(Handle));

        public long[] shape => Layout().sizes;

        public long[] size() => Layout().sizes;

        public long size(int dim)
        {
            var sizes = shape;
            var index = dim < 0 ? dim + sizes.Length : dim;
            if ((uint)index >= (uint)sizes.Length)
                throw new ExternalException($"Dimension out of range (expected to be in range of [{-sizes.Length}, {sizes.Length - 1}], but got {dim})");
            return sizes[index];
        }

        public long[] stride() => Layout().strides;

        public long stride(int dim)
        {
            var strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        unsafe (long[] sizes, long[] strides) Layout()
        {
            var sizes = new long[Dimensions];
            var strides = new long[sizes.Length];
            fixed (long* s = sizes, t = strides) ts_shape(handle, s, t);
            GC.KeepAlive(this);
            return (sizes, strides);
        }

        // ---- names of dimensions

        public bool has_names() => Alive(ts_has_names(Handle)) != 0;

        public unsafe string[] names => Enumerable.Range(0, (int)Dimensions).Select(Name).ToArray();

        unsafe string Name(int dimension)
        {
            byte* text;
            CheckAlive(ts_name(Handle, dimension, &text));
            return Marshal.PtrToStringUTF8((nint)text);
        }

        public Tensor rename(System.Collections.Generic.IEnumerable<string> names) => alias().rename_(names);

        public unsafe Tensor rename_(System.Collections.Generic.IEnumerable<string> names)
        {
            var texts = names?.Select(name => name is null ? 0 : Marshal.StringToCoTaskMemUTF8(name)).ToArray();
            try
            {
                fixed (nint* t = texts) CheckAlive(ts_set_names(Handle, (byte**)t, texts?.Length ?? 0));
            }
            finally
            {
                foreach (var text in texts ?? []) Marshal.FreeCoTaskMem(text);
            }
            return this;
        }

        // ---- conversions

        public Tensor alias() => Call("alias", this);

        public Tensor clone() => Call("clone", this);

        public Tensor contiguous() => Call("contiguous", this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Update("copy_", this, source, nonBlocking);

        public Tensor set_(Tensor source) => Update("set_.source_Tensor", this, source);

        public Tensor cpu() => to(DeviceType.CPU);

        public Tensor cuda(Device device = null, bool non_blocking = false)
        {
            if (device is not null && device.type != DeviceType.CUDA) throw new ArgumentException("Not a CUDA device.", nameof(device));
            return to(device ?? new Device(DeviceType.CUDA), non_blocking: non_blocking);
        }

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Call("to.dtype", this, type, non_blocking, copy), disposeAfter);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, copy, disposeAfter, non_blocking);

        public Tensor type(ScalarType dtype) => to(dtype);

        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);

        public Tensor type_as(Tensor tensor) => to(tensor.dtype);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Call("to.device", this, InitializeDevice(device), type, non_blocking, copy), disposeAfter);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) =>
            to(new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            After(Call("to.device", this, InitializeDevice(device), dtype, non_blocking, copy), disposeAfter);

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        Tensor After(Tensor result, bool disposeThis)
        {
            if (disposeThis) Dispose();
            return result;
        }

        public Tensor @bool() => to(ScalarType.Bool);
        public Tensor @byte() => to(ScalarType.Byte);
        public Tensor @char() => to(ScalarType.Int8);
        public Tensor @short() => to(ScalarType.Int16);
        public Tensor @int() => to(ScalarType.Int32);
        public Tensor @long() => to(ScalarType.Int64);
        public Tensor half() => to(ScalarType.Float16);
        public Tensor bfloat16() => to(ScalarType.BFloat16);
        public Tensor @float() => to(ScalarType.Float32);
        public Tensor @double() => to(ScalarType.Float64);
    }
}

/// <summary>Runs the collector when native memory grows that nobody disposes: the collector itself sees only small objects.
/// Costs nothing where scopes do their work.</summary>
static class NativeMemoryNet
{
    const long Floor = 256 << 10;
    static long live, limit = Floor;
    static int collecting;

    internal static void Add(int kilobytes)
    {
        if (Interlocked.Add(ref live, kilobytes) <= Volatile.Read(ref limit) || Interlocked.Exchange(ref collecting, 1) != 0) return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Volatile.Write(ref limit, Math.Max(Floor, 2 * Interlocked.Read(ref live)));
        Volatile.Write(ref collecting, 0);
    }

    internal static void Remove(int kilobytes) => Interlocked.Add(ref live, -kilobytes);
}
