using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>
/// A model that is loaded, with its pool of engines. It counts its leases: replaced by another, it frees its native memory when the last request on it is
/// answered, not before and not later.
/// </summary>
sealed class LiveModel<TRow, TResult>
{
    readonly ITransformer _model;
    readonly ObjectPool<IBatchEngine<TRow, TResult>> _engines;

    // One lease is that of being live.
    int _leases = 1;

    /// <param name="model">The model; owned.</param>
    /// <param name="inputSchema">The columns that it was trained on.</param>
    /// <param name="engines">Binds it to rows.</param>
    /// <param name="retained">Engines that are kept while they are not used.</param>
    public LiveModel(ITransformer model, DataViewSchema inputSchema, Func<IBatchEngine<TRow, TResult>> engines, int retained)
    {
        (_model, InputSchema) = (model, inputSchema);
        OutputSchema = model.GetOutputSchema(inputSchema);
        _engines = new DefaultObjectPool<IBatchEngine<TRow, TResult>>(new Policy(engines), retained);
    }

    public ITransformer Model => _model;
    public DataViewSchema InputSchema { get; }
    public DataViewSchema OutputSchema { get; }

    /// <summary>Whether the model is free for one user more, who then owes a <see cref="Release"/>; not where the last one has left.</summary>
    public bool TryLease()
    {
        for (var leases = Volatile.Read(ref _leases); leases > 0;)
        {
            var found = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (found == leases)
                return true;
            leases = found;
        }
        return false;
    }

    /// <summary>Gives a lease back; with the last one the model is disposed.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
            (_model as IDisposable)?.Dispose();
    }

    public IReadOnlyList<TResult> Run(IReadOnlyList<TRow> rows)
    {
        var engine = _engines.Get();
        var results = engine.Run(rows);
        // One that failed is not given back: what state its pipeline is in is not known.
        _engines.Return(engine);
        return results;
    }

    sealed class Policy(Func<IBatchEngine<TRow, TResult>> create) : PooledObjectPolicy<IBatchEngine<TRow, TResult>>
    {
        public override IBatchEngine<TRow, TResult> Create() => create();
        public override bool Return(IBatchEngine<TRow, TResult> engine) => true;
    }
}
