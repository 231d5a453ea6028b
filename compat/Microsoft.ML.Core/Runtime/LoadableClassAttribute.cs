using System;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Constructor or Create method parameters of a class that is read from a model entry.</summary>
delegate void SignatureLoadModel(ModelLoadContext ctx);

/// <summary>Says which class, and which of its makers, a name in a model file stands for.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
sealed class LoadableClassAttribute : LoadableClassAttributeBase
{
    public LoadableClassAttribute(Type instType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(null, instType, instType, argType, [sigType], userName, loadNames) { }

    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(null, instType, loaderType, argType, [sigType], userName, loadNames) { }

    public LoadableClassAttribute(Type instType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(null, instType, instType, argType, sigTypes, userName, loadNames) { }

    public LoadableClassAttribute(Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(null, instType, loaderType, argType, sigTypes, userName, loadNames) { }

    public LoadableClassAttribute(string summary, Type instType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(summary, instType, instType, argType, [sigType], userName, loadNames) { }

    public LoadableClassAttribute(
        string summary, Type instType, Type loaderType, Type argType, Type sigType, string userName, params string[] loadNames)
        : base(summary, instType, loaderType, argType, [sigType], userName, loadNames) { }

    public LoadableClassAttribute(string summary, Type instType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(summary, instType, instType, argType, sigTypes, userName, loadNames) { }

    public LoadableClassAttribute(
        string summary, Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
        : base(summary, instType, loaderType, argType, sigTypes, userName, loadNames) { }
}

abstract class LoadableClassAttributeBase : Attribute
{
    protected LoadableClassAttributeBase(
        string summary, Type instType, Type loaderType, Type argType, Type[] sigTypes, string userName, params string[] loadNames)
    {
        Contracts.CheckValue(instType, nameof(instType));
        Contracts.CheckValue(loaderType, nameof(loaderType));
        Contracts.CheckNonEmpty(null, sigTypes, nameof(sigTypes));
        if (loadNames is null or [])
            loadNames = [userName];
        if (loadNames.Any(string.IsNullOrWhiteSpace))
            throw Contracts.ExceptEmpty(null, nameof(loadNames), "LoadableClass loadName parameter can't be empty");

        InstanceType = instType;
        LoaderType = loaderType;
        ArgType = argType;
        SigTypes = sigTypes;
        CtorTypes = [.. argType is null ? Type.EmptyTypes : [argType], .. SignatureParameters(sigTypes[0])];
        Summary = summary;
        UserName = userName;
        LoadNames = loadNames;
    }

    public Type InstanceType { get; }
    public Type LoaderType { get; }
    public Type ArgType { get; }
    public Type[] SigTypes { get; }
    public Type[] CtorTypes { get; }
    public string Summary { get; }
    public string UserName { get; }
    public string[] LoadNames { get; }

    static Type[] SignatureParameters(Type sigType)
    {
        Contracts.CheckParam(sigType?.BaseType == typeof(MulticastDelegate), "sigTypes", "LoadableClass signature type must be a delegate type");
        return sigType.GetMethod("Invoke").GetParameters().Select(parameter => parameter.ParameterType).ToArray();
    }
}
