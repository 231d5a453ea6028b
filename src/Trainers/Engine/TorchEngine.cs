using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Start-up, threads and devices of the native engine.</summary>
public static class TorchEngine
{
    /// <summary>
    /// Loads the native library, once for the process, after setting what it reads only then: idle OpenMP threads sleep instead of spinning, since
    /// two runtimes that spin on the same cores slow each other many times over. Called by every component before its first tensor.
    /// </summary>
    /// <exception cref="TrainingException">The native library cannot be loaded; the message says which package brings it.</exception>
    public static void Start() => throw new NotImplementedException();

    /// <summary>Threads that one operator may use on the CPU, at least 1. The engine's own default is the number of cores.</summary>
    public static int Threads
    {
        get => throw new NotImplementedException();
        set => throw new NotImplementedException();
    }

    /// <summary>Whether the engine can train on a GPU here.</summary>
    public static bool HasGpu => throw new NotImplementedException();

    /// <summary>The device of a name.</summary>
    /// <param name="name"><c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:N</c>.</param>
    /// <param name="fallbackToCpu">Whether the CPU stands in for a GPU that is not there; else that is an error.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="TrainingException">There is no such GPU.</exception>
    public static Device Device(string name, bool fallbackToCpu = false) => throw new NotImplementedException();
}
