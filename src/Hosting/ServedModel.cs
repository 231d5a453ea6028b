using Microsoft.Extensions.Logging;
using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>A model that is served under a name: loaded when the host starts, and again whenever its file is replaced.</summary>
public abstract class ServedModel
{
    readonly Lazy<Settings> _settings;

    internal sealed record Settings(MLContext Context, ModelOptions Options, string Path, ServingMetrics Metrics, ILogger Logger);

    private protected ServedModel(string name, Func<Settings> settings)
    {
        Name = name;
        _settings = new(settings);
    }

    private protected Settings Serving => _settings.Value;

    /// <summary>The name that it is registered with.</summary>
    public string Name { get; }

    /// <summary>How many files went live since the host started; 0 where none did yet.</summary>
    public int Version { get; private protected set; }

    /// <summary>Why the file as it lies there now is not live; <see langword="null"/> where it is.</summary>
    public string? Error { get; private protected set; }

    /// <summary>Requests that wait.</summary>
    public abstract int Waiting { get; }

    /// <summary>Loads the model, which may fail, and begins to serve and to watch the file.</summary>
    internal abstract Task StartAsync();

    /// <summary>Answers what waits, then frees the model.</summary>
    internal abstract Task StopAsync(CancellationToken hurry);
}

/// <summary>A <see cref="ServedModel"/> over rows of a class.</summary>
/// <typeparam name="TRow">A request.</typeparam>
/// <typeparam name="TResult">Its answer.</typeparam>
public abstract class ServedModel<TRow, TResult> : ServedModel
{
    readonly CancellationTokenSource _stop = new();
    volatile LiveModel<TRow, TResult>? _live;
    RequestQueue<TRow, TResult>? _queue;
    Task _watching = Task.CompletedTask;
    FileState? _seen;

    private protected ServedModel(string name, Func<Settings> settings) : base(name, settings)
    {
    }

    /// <summary>The model that is live now; for tests, which look at its end.</summary>
    internal LiveModel<TRow, TResult>? Live => _live;

    /// <inheritdoc/>
    public override int Waiting => _queue?.Length ?? 0;

    /// <summary>Binds a model to rows.</summary>
    private protected abstract IBatchEngine<TRow, TResult> Bind(ITransformer model, DataViewSchema inputSchema);

    /// <summary>A row that a model is tried with before it goes live.</summary>
    private protected abstract TRow Probe(DataViewSchema inputSchema);

    private protected Task<TResult> AskAsync(TRow row, CancellationToken cancellation) =>
        (_queue ?? throw new InvalidOperationException($"The model '{Name}' is served while the host runs; it is not started.")).AskAsync(row, cancellation);

    /// <summary>The live model, which the caller must release.</summary>
    /// <exception cref="PredictionException">There is none.</exception>
    private protected LiveModel<TRow, TResult> Lease()
    {
        // Where it was replaced between the two looks, the next one is there.
        while (_live is { } live)
            if (live.TryLease())
                return live;
        throw new PredictionException(_stop.IsCancellationRequested ? PredictionFailure.Stopping : PredictionFailure.NoModel,
            $"The model '{Name}' is not there.");
    }

    IReadOnlyList<TResult> Compute(IReadOnlyList<TRow> rows)
    {
        var live = Lease();
        try
        {
            return live.Run(rows);
        }
        finally
        {
            live.Release();
        }
    }

    internal override async Task StartAsync()
    {
        _queue = new(Name, Serving.Options, Serving.Metrics, Serving.Logger, Compute);
        Serving.Metrics.Observe(this);
        await Task.Run(() => Replace(FileState.Of(Serving.Path))).ConfigureAwait(false);
        if (Serving.Options.Watch)
            _watching = Task.Run(WatchAsync);
    }

    async Task WatchAsync()
    {
        using var changes = new FileChanges(Serving.Path, Serving.Options.PollingInterval, Serving.Logger);
        try
        {
            while (true)
            {
                await changes.WaitAsync(_stop.Token).ConfigureAwait(false);
                var state = FileState.Of(Serving.Path);
                if (state == _seen || state == null)
                    continue;
                await Task.Delay(Serving.Options.SettleTime, _stop.Token).ConfigureAwait(false);
                if (FileState.Of(Serving.Path) == state)
                    Replace(state);
                // Else it is still being written. Where it changed while it was loaded, it is looked at again too.
                if (FileState.Of(Serving.Path) is { } now && now != _seen)
                    changes.Signal();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Lets the file go live if it can be loaded and answers a first row; else what was live stays.</summary>
    /// <param name="state">Of the file.</param>
    void Replace(FileState? state)
    {
        _seen = state;
        if (state == null)
        {
            Error = $"The file '{Path.GetFileName(Serving.Path)}' is missing.";
            Serving.Logger.LogWarning("The model {Model} is not there: {Path} is missing.", Name, Serving.Path);
            return;
        }
        try
        {
            var live = Load(state.Value);
            var old = Interlocked.Exchange(ref _live, live);
            Version++;
            Error = null;
            old?.Release();
            Serving.Metrics.Reloaded(Name, success: true);
            Serving.Logger.LogInformation("The model {Model} is live as version {Version}: {Path}", Name, Version, Serving.Path);
        }
        catch (Exception e)
        {
            Error = e.Message;
            Serving.Metrics.Reloaded(Name, success: false);
            Serving.Logger.LogError(e, "The model {Model} was not loaded from {Path}; {Kept}.", Name, Serving.Path,
                _live == null ? "there is none yet" : $"version {Version} stays live");
        }
    }

    LiveModel<TRow, TResult> Load(FileState state)
    {
        ITransformer model;
        DataViewSchema inputSchema;
        using (var file = new FileStream(Serving.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            ModelFile.Check(file);
            model = Serving.Context.Model.Load(file, out inputSchema);
        }
        try
        {
            var live = new LiveModel<TRow, TResult>(model, inputSchema, () => Bind(model, inputSchema), Serving.Options.Workers);
            live.Run([Probe(inputSchema)]);
            return FileState.Of(Serving.Path) == state ? live
                : throw new IOException("The file changed while it was read.");
        }
        catch
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
    }

    internal override async Task StopAsync(CancellationToken hurry)
    {
        if (_queue != null)
            await _queue.StopAsync(hurry).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        Interlocked.Exchange(ref _live, null)?.Release();
    }
}
