using System;
using System.Linq;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Estimators that are fitted one after the other, each on the output of the ones before.</summary>
public sealed class EstimatorChain<TLastTransformer> : IEstimator<TransformerChain<TLastTransformer>> where TLastTransformer : class, ITransformer
{
    readonly IHost _host; // there where something is cached
    readonly IEstimator<ITransformer>[] _estimators;
    readonly TransformerScope[] _scopes;
    readonly bool[] _cachedAfter;

    public readonly IEstimator<TLastTransformer> LastEstimator;

    public EstimatorChain() : this(null, [], [], []) { }

    EstimatorChain(IHostEnvironment env, IEstimator<ITransformer>[] estimators, TransformerScope[] scopes, bool[] cachedAfter)
    {
        _host = env?.Register("EstimatorChain");
        (_estimators, _scopes, _cachedAfter) = (estimators, scopes, cachedAfter);
        LastEstimator = estimators.LastOrDefault() as IEstimator<TLastTransformer>;
    }

    public TransformerChain<TLastTransformer> Fit(IDataView input)
    {
        GetOutputSchema(SchemaShape.Create(input.Schema)); // early errors
        var transformers = new ITransformer[_estimators.Length];
        for (var i = 0; i < _estimators.Length; i++)
        {
            transformers[i] = _estimators[i].Fit(input);
            input = transformers[i].Transform(input);
            if (_cachedAfter[i] && i < _estimators.Length - 1)
                input = new CacheDataView(_host, input, null);
        }
        return new(transformers, _scopes);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => _estimators.Aggregate(inputSchema, (schema, estimator) => estimator.GetOutputSchema(schema));

    public EstimatorChain<TNewTrans> Append<TNewTrans>(IEstimator<TNewTrans> estimator, TransformerScope scope = TransformerScope.Everything)
        where TNewTrans : class, ITransformer
    {
        Contracts.CheckValue(estimator, nameof(estimator));
        return new(_host, _estimators.AppendElement(estimator), _scopes.AppendElement(scope), _cachedAfter.AppendElement(false));
    }

    public EstimatorChain<TLastTransformer> AppendCacheCheckpoint(IHostEnvironment env)
    {
        Contracts.CheckValue(env, nameof(env));
        if (_estimators.Length == 0)
            throw new InvalidOperationException("Current estimator chain has no estimator, can't append cache checkpoint.");
        return _cachedAfter[^1] ? this : new(env, _estimators, _scopes, [.. _cachedAfter[..^1], true]);
    }
}
