using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Start-up, threads and devices of the native engine.</summary>
public static class TorchEngine
{
    static readonly Lazy<bool> s_started = new(() =>
    {
        SetEnvironment("OMP_WAIT_POLICY", "passive");
        // GNU's OpenMP then never spins, and two threads lose a third of their gain to waking each other. Some microseconds bridge the gap
        // between two operators and cost a busy machine little.
        SetEnvironment("GOMP_SPINCOUNT", "1000");
        NativeAllocator.KeepFreedMemory();
        try
        {
            Load();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or NotSupportedException
            or BadImageFormatException)
        {
            throw new TrainingException("The native engine cannot be loaded. Add one of the packages TorchSharp-cpu, "
                + $"TorchSharp-cuda-linux or TorchSharp-cuda-windows to the application. Cause: {e.GetBaseException().Message}", e);
        }
        return true;
    });

    /// <summary>
    /// Loads the native library, once for the process, after setting what it reads only then: idle OpenMP threads soon sleep instead of
    /// spinning, since two runtimes that spin on the same cores slow each other many times over; and freed tensors' memory stays with the
    /// process (Linux with glibc; <c>"Extensions.ML.KeepNativeMemory": false</c> in the application's runtime configuration switches that
    /// off). Variables that are set already are kept. Called by every component before its first tensor.
    /// </summary>
    /// <exception cref="TrainingException">The native library cannot be loaded; the message says which package brings it.</exception>
    public static void Start() => _ = s_started.Value;

    /// <summary>Threads that one operator may use on the CPU, at least 1. The engine's own default is the number of cores.</summary>
    public static int Threads
    {
        get
        {
            Start();
            return get_num_threads();
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Start();
            set_num_threads(value);
        }
    }

    /// <summary>Whether the engine can train on a GPU here.</summary>
    public static bool HasGpu
    {
        get
        {
            Start();
            return cuda.is_available();
        }
    }

    /// <summary>The device of a name.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:N</c>.</param>
    /// <param name="fallbackToCpu">Whether the CPU stands in for a GPU that is not there; else that is an error.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="TrainingException">There is no such GPU.</exception>
    public static Device Device(string name, bool fallbackToCpu = false)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == "cpu") return CPU;
        int index = 0;
        bool valid = name == "cuda" || name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), System.Globalization.NumberStyles.None, null, out index);
        if (!valid) throw new ArgumentException($"The device '{name}' is unknown; cpu, cuda or cuda:N is expected.", nameof(name));
        int count = HasGpu ? cuda.device_count() : 0;
        if (index < count) return new Device(DeviceType.CUDA, index);
        return fallbackToCpu ? CPU : throw new TrainingException(
            $"The device '{name}' is not there: the engine finds {count} GPUs. Train on cpu, or add the package TorchSharp-cuda-linux "
            + "or TorchSharp-cuda-windows.");
    }

    /// <summary>An engine's error in words that help: what it was about and what to change.</summary>
    internal static TrainingException Explain(ExternalException error, string during)
    {
        string first = error.Message.Split('\n', 2)[0];
        bool memory = first.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || first.Contains("can't allocate", StringComparison.OrdinalIgnoreCase);
        return new TrainingException(memory
            ? $"Memory ran out {during}. A smaller BatchSize or MemoryBudget, or a smaller network, helps. The engine says: {first}"
            : $"The engine failed {during}: {first}", error);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Load() => InitializeDeviceType(DeviceType.CPU);

    /// <summary>Sets a variable that is not set yet, where the native libraries read it when they load: in the C environment, which .NET
    /// does not write to except on Windows.</summary>
    static void SetEnvironment(string name, string value)
    {
        if (!OperatingSystem.IsWindows()) _ = SetCEnvironment(name, value, 0);
        else if (Environment.GetEnvironmentVariable(name) is null) Environment.SetEnvironmentVariable(name, value);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    static extern int SetCEnvironment(string name, string value, int overwrite);
}
