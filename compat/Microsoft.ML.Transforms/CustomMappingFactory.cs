using System;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ITransformer), typeof(CustomMappingContract), null, typeof(SignatureLoadModel),
    "", CustomMappingContract.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Marks the class that makes, when a model is loaded, the mapping that was saved under this contract name.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class CustomMappingFactoryAttributeAttribute(string contractName) : ExtensionBaseAttribute(contractName);

/// <summary>Base of the classes that make a custom mapping again.</summary>
public abstract class CustomMappingFactory<TSrc, TDst> : ICustomMappingFactory
    where TSrc : class, new()
    where TDst : class, new()
{
    public abstract Action<TSrc, TDst> GetMapping();

    ITransformer ICustomMappingFactory.CreateTransformer(IHostEnvironment env, string contractName)
        => new CustomMappingTransformer<TSrc, TDst>(env, GetMapping(), contractName);
}

interface ICustomMappingFactory
{
    ITransformer CreateTransformer(IHostEnvironment env, string contractName);
}

/// <summary>A custom mapping in a model file: code is not saved, only where to find it.</summary>
static class CustomMappingContract
{
    internal const string LoaderSignature = "CustomTransformer";

    static VersionInfo GetVersionInfo() => new(
        modelSignature: "CUSTOMXF", verWrittenCur: 0x00010002, verReadableCur: 0x00010002, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(CustomMappingContract).Assembly.FullName, loaderSignature: LoaderSignature);

    public static void Save(ModelSaveContext ctx, string contractName, Assembly assembly)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());
        ctx.SaveString(contractName);
        ctx.SaveString(assembly.FullName);
    }

    internal static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(GetVersionInfo());

        var contractName = ctx.LoadString();
        env.ComponentCatalog.RegisterAssembly(Assembly.Load(ctx.LoadString()));
        var factory = env.ComponentCatalog.CreateExtension(
            env, typeof(CustomMappingFactoryAttributeAttribute), contractName) as ICustomMappingFactory
            ?? throw env.Except($"The class with contract '{contractName}' must derive from '{typeof(CustomMappingFactory<,>).FullName}'.");
        return factory.CreateTransformer(env, contractName);
    }
}
