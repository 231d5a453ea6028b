using System;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass("A model loader that encapsulates a data loader and a transformer chain.",
    typeof(CompositeDataLoader<IMultiStreamSource, ITransformer>), null, typeof(SignatureLoadModel), "Composite Loader",
    CompositeDataLoader<IMultiStreamSource, ITransformer>.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>A loader, and transformers of what it loads.</summary>
public sealed class CompositeDataLoader<TSource, TLastTransformer> : IDataLoader<TSource>, IDisposable where TLastTransformer : class, ITransformer
{
    internal const string LoaderSignature = "CompositeLoader", TransformerDirectory = TransformerChain.LoaderSignature;
    const string LoaderDirectory = "Loader", LegacyLoaderDirectory = "Reader";

    static readonly VersionInfo _version = new(
        "CMPSTLDR", 0x00010001, 0x00010001, 0x00010001, typeof(CompositeDataLoader<,>).Assembly.FullName, LoaderSignature);

    public readonly IDataLoader<TSource> Loader;
    public readonly TransformerChain<TLastTransformer> Transformer;

    public CompositeDataLoader(IDataLoader<TSource> loader, TransformerChain<TLastTransformer> transformerChain = null)
    {
        Contracts.CheckValue(loader, nameof(loader));
        Loader = loader;
        Transformer = transformerChain ?? new();
    }

    CompositeDataLoader(IHost host, ModelLoadContext ctx)
    {
        if (!ctx.LoadModelOrNull<IDataLoader<TSource>, SignatureLoadModel>(host, out Loader, LegacyLoaderDirectory))
            ctx.LoadModel<IDataLoader<TSource>, SignatureLoadModel>(host, out Loader, LoaderDirectory);
        ctx.LoadModel<TransformerChain<TLastTransformer>, SignatureLoadModel>(host, out Transformer, TransformerDirectory);
    }

    static CompositeDataLoader<TSource, TLastTransformer> Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        var host = env.Register(LoaderSignature);
        ctx.CheckAtModel(_version);
        using var channel = host.Start("Loading Model");
        return new(host, ctx);
    }

    public IDataView Load(TSource input) => Transformer.Transform(Loader.Load(input));

    public DataViewSchema GetOutputSchema() => Transformer.GetOutputSchema(Loader.GetOutputSchema());

    public CompositeDataLoader<TSource, TNewLast> AppendTransformer<TNewLast>(TNewLast transformer) where TNewLast : class, ITransformer
    {
        Contracts.CheckValue(transformer, nameof(transformer));
        return new(Loader, Transformer.Append(transformer));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(_version);
        ctx.SaveModel(Loader, LoaderDirectory);
        ctx.SaveModel(Transformer, TransformerDirectory);
    }

    public void Dispose() => Transformer.Dispose();
}
