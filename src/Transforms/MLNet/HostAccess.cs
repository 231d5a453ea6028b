using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What a component asks of ML.NET's environment and cannot ask in public: who hosts it, seed, device, cancellation.</summary>
static class HostAccess
{
    /// <summary>The environment behind a catalog such as <c>ml.Transforms</c>.</summary>
    public static IHostEnvironment Environment(object catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ((IInternalCatalog)catalog).Environment;
    }

    /// <summary>The seed given to <see cref="MLContext"/>, or null.</summary>
    public static int? Seed(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.Seed;

    /// <summary>The <see cref="MLContext.GpuDeviceId"/> of the context, or null for the CPU.</summary>
    public static int? GpuDeviceId(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Whether the context lets a component run on the CPU where the GPU asked for is not there.</summary>
    public static bool FallbackToCpu(this IHostEnvironment env) => (env as IHostEnvironmentInternal)?.FallbackToCpu ?? false;

    /// <summary>Whether the context's execution was cancelled; it stays so for good.</summary>
    public static bool IsCancelled(this IHostEnvironment env) => env is ICancelable { IsCanceled: true };

    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public static void ThrowIfCancelled(this IHostEnvironment env)
    {
        if (env.IsCancelled())
            throw new OperationCanceledException("The execution of the MLContext was cancelled.");
    }

    /// <summary>What ML.NET's own trainers report of themselves.</summary>
    public static TrainerInfo CreateTrainerInfo(bool normalization, bool caching) =>
        new(normalization: normalization, caching: caching);
}
