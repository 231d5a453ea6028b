using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The C interface of native/*.cpp. A text comes back where a call failed, else null.</summary>
static unsafe class Native
{
    const string Library = "torchshim";

    internal enum Tag { None, Missing, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, String, Device, Generator }

    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct Cell
    {
        [FieldOffset(0)] internal Tag Tag;
        [FieldOffset(4)] internal int Count;
        [FieldOffset(8)] internal long Int;
        [FieldOffset(8)] internal double Double;
        [FieldOffset(8)] internal nint Pointer;
    }

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        var folder = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "LibTorch").Value;
        // OpenMP threads that spin between two operators slow every neighbour on the machine down, each other first.
        // The C environment is what counts here; Environment.SetEnvironmentVariable does not reach it.
        setenv("OMP_WAIT_POLICY", "passive", 0);
        if (string.IsNullOrEmpty(folder)) LoadBlas();
        try
        {
            return NativeLibrary.Load(Library, assembly, path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                "libtorch could not be loaded. " + (string.IsNullOrEmpty(folder)
                    ? "On Debian: apt-get install libtorch-dev libopenblas0-openmp. "
                    : $"TorchSharp was built for the libtorch in '{folder}'. ") + e.Message, e);
        }
    }

    /// <summary>Debian's default BLAS brings its own threads beside libtorch's OpenMP ones; the OpenMP build shares them and
    /// trains 3-4 times faster. Loaded first, it satisfies libtorch's dependency by its name.</summary>
    static void LoadBlas()
    {
        foreach (var root in new[] { "/usr/lib", "/lib" })
            foreach (var triplet in new[] { "x86_64-linux-gnu", "aarch64-linux-gnu" })
                foreach (var library in new[] { "libblas.so.3", "liblapack.so.3" })
                    NativeLibrary.TryLoad(Path.Combine(root, triplet, "openblas-openmp", library), out _);
    }

    static void setenv(string name, string value, int overwrite)
    {
        fixed (byte* n = System.Text.Encoding.ASCII.GetBytes(name + "\0"), v = System.Text.Encoding.ASCII.GetBytes(value + "\0"))
            setenv(n, v, overwrite);
    }

    [DllImport("libc")] static extern int setenv(byte* name, byte* value, int overwrite);

    /// <summary>Throws what libtorch reported, as the real TorchSharp does.</summary>
    internal static void Check(byte* error)
    {
        if (error != null) throw new ExternalException(Marshal.PtrToStringUTF8((nint)error));
    }

    [DllImport(Library)] internal static extern byte* ts_find(byte* name, byte* overload, nint* found);
    [DllImport(Library)] internal static extern int ts_exists(byte* name, byte* overload);
    [DllImport(Library)] internal static extern byte* ts_call(nint op, Cell* arguments, int count, Cell* results, int* resultCount);
    [DllImport(Library)] internal static extern void ts_free(nint memory);
    [DllImport(Library)] internal static extern byte* ts_lstm(nint* inputs, nint* results);
    [DllImport(Library)] internal static extern byte* ts_gru(nint* inputs, nint* results);
    [DllImport(Library)] internal static extern byte* ts_conv_transpose2d(nint input, nint weight, long* sizes, nint* result);

    [DllImport(Library), SuppressGCTransition] internal static extern void ts_retain(nint tensor);
    [DllImport(Library)] internal static extern void ts_release(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ts_ndim(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ts_numel(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ts_itemsize(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ts_offset(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_dtype(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_contiguous(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_device_type(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_device_index(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_requires_grad(nint tensor);
    [DllImport(Library)] internal static extern int ts_is_leaf(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern void ts_shape(nint tensor, long* sizes, long* strides);
    [DllImport(Library)] internal static extern byte* ts_data(nint tensor, void** data);

    [DllImport(Library)] internal static extern byte* ts_set_requires_grad(nint tensor, int value);
    [DllImport(Library)] internal static extern byte* ts_retain_grad(nint tensor);
    [DllImport(Library)] internal static extern nint ts_grad(nint tensor);
    [DllImport(Library)] internal static extern byte* ts_set_grad(nint tensor, nint grad);
    [DllImport(Library)] internal static extern byte* ts_backward(nint* tensors, long count, nint* grads, long gradCount, int retain,
        int create, nint* inputs, long inputCount);
    [DllImport(Library)] internal static extern byte* ts_autograd_grad(nint* outputs, long count, nint* inputs, long inputCount,
        nint* grads, long gradCount, int retain, int create, int allowUnused, nint* results);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_grad_mode();
    [DllImport(Library), SuppressGCTransition] internal static extern void ts_set_grad_mode(int enabled);
    [DllImport(Library), SuppressGCTransition] internal static extern int ts_inference_mode();
    [DllImport(Library)] internal static extern nint ts_enter_inference_mode(int enabled);
    [DllImport(Library)] internal static extern void ts_leave_inference_mode(nint guard);

    [DllImport(Library)] internal static extern int ts_has_names(nint tensor);
    [DllImport(Library)] internal static extern byte* ts_name(nint tensor, long dimension, byte** name);
    [DllImport(Library)] internal static extern byte* ts_set_names(nint tensor, byte** names, long count);

    [DllImport(Library)] internal static extern byte* ts_manual_seed(long seed);
    [DllImport(Library)] internal static extern byte* ts_default_generator(long device, nint* generator);
    [DllImport(Library)] internal static extern byte* ts_new_generator(long device, long seed, nint* generator);
    [DllImport(Library)] internal static extern void ts_release_generator(nint generator);
    [DllImport(Library)] internal static extern byte* ts_generator_seed(nint generator, long seed);
    [DllImport(Library)] internal static extern long ts_generator_initial_seed(nint generator);
    [DllImport(Library)] internal static extern byte* ts_generator_state(nint generator, nint* state);
    [DllImport(Library)] internal static extern byte* ts_generator_set_state(nint generator, nint state);

    [DllImport(Library)] internal static extern int ts_device_count(int type);
    [DllImport(Library)] internal static extern byte* ts_initialize_device(int type);
    [DllImport(Library)] internal static extern byte* ts_synchronize(long device);
    [DllImport(Library)] internal static extern int ts_threads();
    [DllImport(Library)] internal static extern void ts_set_threads(int count);
    [DllImport(Library)] internal static extern int ts_interop_threads();
    [DllImport(Library)] internal static extern byte* ts_set_interop_threads(int count);
}
