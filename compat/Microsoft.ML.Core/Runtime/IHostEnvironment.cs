using System;
using System.Linq;

namespace Microsoft.ML.Runtime;

public interface IChannelProvider : IExceptionContext
{
    IChannel Start(string name);
    IPipe<TMessage> StartPipe<TMessage>(string name);
}

public interface IHostEnvironment : IChannelProvider, IProgressChannelProvider
{
    ComponentCatalog ComponentCatalog { get; }

    /// <summary>A named child with its own random stream, drawn from this one's or from the seed.</summary>
    IHost Register(string name, int? seed = null, bool? verbose = null);
}

public interface IHost : IHostEnvironment
{
    Random Rand { get; }
}

interface ICancelable
{
    bool IsCanceled { get; }
    void CancelExecution();
}

interface IHostEnvironmentInternal : IHostEnvironment
{
    int? Seed { get; }
    string TempFilePath { get; set; }
    bool FallbackToCpu { get; set; }
    int? GpuDeviceId { get; set; }
    bool TryAddOption<T>(string name, T value);
    void SetOption<T>(string name, T value);
    bool TryGetOption<T>(string name, out T value);
    T GetOptionOrDefault<T>(string name);
    bool RemoveOption(string name);
}

public interface IPipe<TMessage> : IExceptionContext, IDisposable
{
    void Send(TMessage msg);
}

public enum ChannelMessageKind { Trace = 0, Info = 1, Warning = 2, Error = 3 }

[Flags]
public enum MessageSensitivity { None = 0, UserData = 1, Schema = 2, Unknown = ~None, All = Unknown }

public readonly struct ChannelMessage
{
    public readonly ChannelMessageKind Kind;
    public readonly MessageSensitivity Sensitivity;
    readonly string _message;
    readonly object[] _args;

    internal ChannelMessage(ChannelMessageKind kind, MessageSensitivity sensitivity, string message, object[] args = null)
    {
        Contracts.CheckNonEmpty(message, args is null ? nameof(message) : "fmt");
        if (args is [])
            throw Contracts.ExceptEmpty(null, nameof(args));
        (Kind, Sensitivity, _message, _args) = (kind, sensitivity, message, args);
    }

    public string Message => _args is null ? _message : string.Format(_message, _args);
}

public interface IChannel : IPipe<ChannelMessage>
{
    void Trace(MessageSensitivity sensitivity, string fmt);
    void Trace(MessageSensitivity sensitivity, string fmt, params object[] args);
    void Error(MessageSensitivity sensitivity, string fmt);
    void Error(MessageSensitivity sensitivity, string fmt, params object[] args);
    void Warning(MessageSensitivity sensitivity, string fmt);
    void Warning(MessageSensitivity sensitivity, string fmt, params object[] args);
    void Info(MessageSensitivity sensitivity, string fmt);
    void Info(MessageSensitivity sensitivity, string fmt, params object[] args);
}

/// <summary>The same calls for messages of unknown sensitivity.</summary>
static class ChannelExtensions
{
    public static void Trace(this IChannel channel, string message) => channel.Trace(MessageSensitivity.Unknown, message);
    public static void Trace(this IChannel channel, string format, params object[] args)
        => channel.Trace(MessageSensitivity.Unknown, format, args);
    public static void Error(this IChannel channel, string message) => channel.Error(MessageSensitivity.Unknown, message);
    public static void Error(this IChannel channel, string format, params object[] args)
        => channel.Error(MessageSensitivity.Unknown, format, args);
    public static void Warning(this IChannel channel, string message) => channel.Warning(MessageSensitivity.Unknown, message);
    public static void Warning(this IChannel channel, string format, params object[] args)
        => channel.Warning(MessageSensitivity.Unknown, format, args);
    public static void Info(this IChannel channel, string message) => channel.Info(MessageSensitivity.Unknown, message);
    public static void Info(this IChannel channel, string format, params object[] args)
        => channel.Info(MessageSensitivity.Unknown, format, args);
}
