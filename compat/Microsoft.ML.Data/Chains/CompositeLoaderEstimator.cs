using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The estimator of a loader followed by a chain of estimators.</summary>
public sealed class CompositeLoaderEstimator<TSource, TLastTransformer> : IDataLoaderEstimator<TSource, CompositeDataLoader<TSource, TLastTransformer>>
    where TLastTransformer : class, ITransformer
{
    readonly IDataLoaderEstimator<TSource, IDataLoader<TSource>> _start;
    readonly EstimatorChain<TLastTransformer> _chain;

    public CompositeLoaderEstimator(
        IDataLoaderEstimator<TSource, IDataLoader<TSource>> start, EstimatorChain<TLastTransformer> estimatorChain = null)
    {
        Contracts.CheckValue(start, nameof(start));
        _start = start;
        _chain = estimatorChain ?? new();
    }

    public CompositeDataLoader<TSource, TLastTransformer> Fit(TSource input)
    {
        var loader = _start.Fit(input);
        return new(loader, _chain.Fit(loader.Load(input)));
    }

    public SchemaShape GetOutputSchema() => _chain.GetOutputSchema(_start.GetOutputSchema());

    public CompositeLoaderEstimator<TSource, TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator) where TNewTrans : class, ITransformer
    {
        Contracts.CheckValue(estimator, nameof(estimator));
        return new(_start, _chain.Append(estimator));
    }
}

/// <summary>A loader as an estimator of itself.</summary>
sealed class TrivialLoaderEstimator<TSource>(IDataLoader<TSource> loader) : IDataLoaderEstimator<TSource, IDataLoader<TSource>>
{
    public IDataLoader<TSource> Fit(TSource input) => loader;
    public SchemaShape GetOutputSchema() => SchemaShape.Create(loader.GetOutputSchema());
}
