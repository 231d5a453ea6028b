using System;
using System.Collections.Generic;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// The environment behind a context, and the hosts that components register on it. A host draws its random stream from the one it was
/// registered on, so what is random depends on the order of registration.
/// </summary>
sealed class LocalEnvironment : ChannelProvider, IHost, IHostEnvironmentInternal, ICancelable
{
    readonly LocalEnvironment _parent;
    readonly Root _root;
    readonly object _lock = new();
    readonly List<WeakReference<LocalEnvironment>> _children = [];
    readonly Dictionary<string, object> _options = [];

    /// <summary>What all hosts of an environment share.</summary>
    sealed class Root
    {
        public readonly ComponentCatalog Catalog = new();
        public Action<ChannelProvider, ChannelMessage> Listener;
    }

    public LocalEnvironment(int? seed = null) : base(null, null)
    {
        _root = new();
        Seed = seed;
        Rand = RandomUtils.Create(seed);
    }

    LocalEnvironment(LocalEnvironment parent, string name, Random rand) : base(name, parent._parent?.FullName)
    {
        _parent = parent;
        _root = parent._root;
        Rand = rand;
        Seed = parent.Seed;
        GpuDeviceId = parent.GpuDeviceId;
        FallbackToCpu = parent.FallbackToCpu;
        TempFilePath = parent.TempFilePath;
        IsCanceled = parent.IsCanceled;
    }

    public int? Seed { get; }
    public Random Rand { get; }
    public string TempFilePath { get; set; } = System.IO.Path.GetTempPath();
    public bool FallbackToCpu { get; set; }
    public int? GpuDeviceId { get; set; }
    public bool IsCanceled { get; private set; }
    public ComponentCatalog ComponentCatalog => _root.Catalog;
    public override string ContextDescription => "HostEnvironment";

    public IHost Register(string name, int? seed = null, bool? verbose = null)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        lock (_lock)
        {
            var host = new LocalEnvironment(this, name, seed is { } value ? RandomUtils.Create(value) : RandomUtils.Create(Rand));
            _children.RemoveAll(child => !child.TryGetTarget(out _));
            if (!IsCanceled)
                _children.Add(new(host));
            return host;
        }
    }

    public void CancelExecution()
    {
        lock (_lock)
        {
            foreach (var child in _children)
                if (child.TryGetTarget(out var host))
                    host.CancelExecution();
            _children.Clear();
            IsCanceled = true;
        }
    }

    public void AddListener(Action<ChannelProvider, ChannelMessage> listener) => _root.Listener += listener;

    public IChannel Start(string name) => new Channel(this, name, (source, message) => _root.Listener?.Invoke(source, message));

    // Nothing listens to pipes of other messages.
    public IPipe<TMessage> StartPipe<TMessage>(string name) => new Pipe<TMessage>(this, name, null);

    public IProgressChannel StartProgressChannel(string name)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        return new SilentProgress();
    }

    public override TException Process<TException>(TException ex)
    {
        ex.Data["Throwing component"] = _parent is null ? "Environment" : ShortName;
        ex.Data["Parent component"] = ParentFullName;
        return Contracts.Mark(ex);
    }

    public bool TryAddOption<T>(string name, T value)
    {
        if (_options.ContainsKey(Named(name)))
            return false;
        SetOption(name, value);
        return true;
    }

    public void SetOption<T>(string name, T value) => _options[Named(name)] = value;

    public bool TryGetOption<T>(string name, out T value)
    {
        var found = _options.TryGetValue(Named(name), out var option) && option is T;
        value = found ? (T)option : default;
        return found;
    }

    public T GetOptionOrDefault<T>(string name)
    {
        TryAddOption<T>(name, default);
        return (T)_options[name];
    }

    public bool RemoveOption(string name) => _options.Remove(Named(name));

    static string Named(string name) => string.IsNullOrWhiteSpace(name) ? throw new ArgumentNullException(nameof(name)) : name;

    /// <summary>Progress is not logged; whoever wants it asks the trainer.</summary>
    sealed class SilentProgress : IProgressChannel
    {
        public void SetHeader(ProgressHeader header, Action<IProgressEntry> fillAction) { }
        public void Checkpoint(params double?[] values) { }
        public IProgressChannel StartProgressChannel(string name) => this;
        public void Dispose() { }
    }
}
