using System;
using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What has a name in the log and marks exceptions with it.</summary>
abstract class ChannelProvider(string shortName, string parentFullName) : IExceptionContext
{
    public string ShortName { get; } = shortName;
    public string ParentFullName { get; } = parentFullName;
    public string FullName { get; } = string.IsNullOrEmpty(parentFullName) ? shortName : $"{parentFullName}; {shortName}";
    public virtual string ContextDescription => FullName;
    public abstract TException Process<TException>(TException ex) where TException : Exception;
}

class Pipe<TMessage>(ChannelProvider owner, string name, Action<ChannelProvider, TMessage> dispatch)
    : ChannelProvider(name, owner.FullName), IPipe<TMessage>
{
    bool _disposed;

    public void Send(TMessage msg) => dispatch?.Invoke(this, msg);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Finish();
    }

    protected virtual void Finish() { }

    public override TException Process<TException>(TException ex)
    {
        owner.Process(ex);
        ex.Data["Phase"] = ShortName;
        return ex;
    }
}

/// <summary>A channel says when it starts and how long it lived.</summary>
sealed class Channel : Pipe<ChannelMessage>, IChannel
{
    readonly Stopwatch _watch = Stopwatch.StartNew();

    public Channel(ChannelProvider owner, string name, Action<ChannelProvider, ChannelMessage> dispatch) : base(owner, name, dispatch)
        => Trace(MessageSensitivity.None, "Channel started");

    protected override void Finish()
    {
        Trace(MessageSensitivity.None, "Channel finished. Elapsed {0:c}.", _watch.Elapsed);
        Trace(MessageSensitivity.None, "Channel disposed");
    }

    public void Trace(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Trace, sensitivity, fmt));
    public void Trace(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new(ChannelMessageKind.Trace, sensitivity, fmt, args));
    public void Error(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Error, sensitivity, fmt));
    public void Error(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new(ChannelMessageKind.Error, sensitivity, fmt, args));
    public void Warning(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Warning, sensitivity, fmt));
    public void Warning(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new(ChannelMessageKind.Warning, sensitivity, fmt, args));
    public void Info(MessageSensitivity sensitivity, string fmt) => Send(new(ChannelMessageKind.Info, sensitivity, fmt));
    public void Info(MessageSensitivity sensitivity, string fmt, params object[] args)
        => Send(new(ChannelMessageKind.Info, sensitivity, fmt, args));
}
