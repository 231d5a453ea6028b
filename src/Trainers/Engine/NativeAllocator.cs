using System.Runtime.InteropServices;

namespace Extensions.ML.Trainers;

/// <summary>The C library's allocator, from which the engine takes its CPU tensors.</summary>
static class NativeAllocator
{
    /// <summary>The switch of the application's runtime configuration that, set to false, leaves the allocator alone.</summary>
    const string Switch = "Extensions.ML.KeepNativeMemory";

    const int TrimThreshold = -1, TopPadding = -2, MapThreshold = -3, ArenaCount = -8;

    /// <summary>
    /// Lets the process keep the memory that tensors give back. Every step of a training frees and takes the same large blocks; glibc
    /// returns each to the kernel and has the next one cleared page by page, which costs a sixth of a step.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || AppContext.TryGetSwitch(Switch, out bool wanted) && !wanted) return;
        try
        {
            // Before version 2.35, glibc takes no threshold above half of an arena, 32 MB.
            if (SetOption(MapThreshold, 1 << 30) == 0) _ = SetOption(MapThreshold, 32 << 20);
            _ = SetOption(TrimThreshold, int.MaxValue);
            _ = SetOption(TopPadding, 64 << 20);
            _ = SetOption(ArenaCount, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, musl for one: it has no such options.
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    static extern int SetOption(int option, int value);
}
