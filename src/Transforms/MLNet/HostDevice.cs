using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Where a component computes, as the <see cref="Microsoft.ML.MLContext"/> says.</summary>
static class HostDevice
{
    /// <summary>The device asked for, or that of the context, or the CPU where the context accepts that instead.</summary>
    /// <param name="env">The context.</param>
    /// <param name="name">A name that goes before the context's, or null.</param>
    /// <param name="channel">Is told when the CPU stands in.</param>
    /// <exception cref="TrainingException">There is no such GPU and the CPU may not stand in.</exception>
    public static string Resolve(IHostEnvironment env, string? name, IChannel channel)
    {
        name ??= env.GpuDeviceId() is { } gpu ? $"cuda:{gpu}" : "cpu";
        var device = TorchEngine.Device(name, env.FallbackToCpu()).ToString();
        if (device == "cpu" && name != "cpu")
            channel.Warning(MessageSensitivity.None, "There is no GPU {0}; the CPU is used instead.", name);
        return device;
    }

    /// <summary>Where a model that is being loaded computes.</summary>
    /// <exception cref="TrainingException">There is no such GPU and the CPU may not stand in.</exception>
    public static TorchSharp.torch.Device ForLoading(IHostEnvironment env, string component)
    {
        using var channel = env.Register(component).Start("Loading");
        return TorchEngine.Device(Resolve(env, null, channel));
    }
}
