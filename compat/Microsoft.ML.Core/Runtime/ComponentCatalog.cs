using System;
using System.Collections.Generic;
using System.Reflection;

namespace Microsoft.ML.Runtime;

/// <summary>The classes that model files may name, by name and signature.</summary>
public sealed class ComponentCatalog
{
    const BindingFlags AnyVisibility = BindingFlags.Public | BindingFlags.NonPublic;

    readonly object _lock = new();
    readonly HashSet<string> _assemblies = [];
    readonly Dictionary<(string Name, Type Signature), LoadableClassInfo> _classes = [];
    readonly Dictionary<(Type Attribute, string ContractName), Type> _extensions = [];

    internal ComponentCatalog() { }

    public void RegisterAssembly(Assembly assembly, bool throwOnError = true)
    {
        lock (_lock)
        {
            if (!_assemblies.Add(assembly.FullName))
                return;
            foreach (LoadableClassAttributeBase attribute in assembly.GetCustomAttributes(typeof(LoadableClassAttributeBase)))
            {
                var info = LoadableClassInfo.TryCreate(attribute);
                if (info is null && throwOnError)
                    throw Contracts.Except($"Can't instantiate loadable class '{attribute.InstanceType.Name}' with name '{attribute.LoadNames[0]}'");
                foreach (var signature in info is null ? [] : attribute.SigTypes)
                    foreach (var name in attribute.LoadNames)
                        if (!_classes.TryAdd((name.ToLowerInvariant(), signature), info) && throwOnError)
                            throw Contracts.Except(
                                $"ComponentCatalog cannot map name '{name}' and SignatureType '{signature}' to {info.Type.Name}, " +
                                $"already mapped to {_classes[(name.ToLowerInvariant(), signature)].Type.Name}.");
            }
            foreach (var type in assembly.GetTypes())
                foreach (ExtensionBaseAttribute attribute in type.GetCustomAttributes(typeof(ExtensionBaseAttribute)))
                    if (!_extensions.TryAdd((attribute.GetType(), attribute.ContractName), type) && throwOnError)
                        throw Contracts.Except($"An extension for '{attribute.GetType().Name}' with contract " +
                            $"'{attribute.ContractName}' has already been registered in the ComponentCatalog.");
        }
    }

    /// <summary>Makes the class that carries the attribute with this contract name.</summary>
    internal object CreateExtension(IHostEnvironment env, Type attribute, string contractName)
    {
        lock (_lock)
            return _extensions.TryGetValue((attribute, contractName), out var type) ? Activator.CreateInstance(type) : throw env.Except(
                $"Unable to locate an extension for the contract '{contractName}'. Ensure you have called {nameof(ComponentCatalog)}.{nameof(RegisterAssembly)} " +
                $"with the Assembly that contains a class decorated with a '{attribute.FullName}'.");
    }

    /// <summary>Makes the class that the catalog knows under this name and signature; false if it knows none.</summary>
    internal static bool TryCreateInstance<TResult, TSignature>(
        IHostEnvironment env, out TResult result, string name, params object[] arguments) where TResult : class
    {
        result = null;
        var catalog = env.ComponentCatalog;
        LoadableClassInfo info;
        lock (catalog._lock)
            if (!catalog._classes.TryGetValue(((name ?? "").ToLowerInvariant().Trim(), typeof(TSignature)), out info))
                return false;
        if (!typeof(TResult).IsAssignableFrom(info.Type))
            throw env.Except("Loadable class '{0}' does not derive from '{1}'", name, typeof(TResult).FullName);
        if (info.ArgumentCount != arguments.Length)
            throw env.Except("Wrong number of extra parameters for loadable class '{0}', need '{1}', given '{2}'",
                name, info.ArgumentCount, arguments.Length);
        result = (TResult)info.CreateInstance(env, arguments);
        return true;
    }

    sealed class LoadableClassInfo
    {
        readonly MethodBase _maker;
        readonly bool _takesEnvironment;

        LoadableClassInfo(LoadableClassAttributeBase attribute, MethodBase maker)
        {
            Type = attribute.InstanceType;
            ArgumentCount = attribute.CtorTypes.Length;
            _maker = maker;
            _takesEnvironment = maker?.GetParameters().Length > ArgumentCount;
        }

        public Type Type { get; }
        public int ArgumentCount { get; }

        /// <summary>Finds the constructor or static Create method that makes the class; the more visible of the two. Null if there is none.</summary>
        public static LoadableClassInfo TryCreate(LoadableClassAttributeBase attribute)
        {
            var (instance, loader) = (attribute.InstanceType, attribute.LoaderType);
            if (instance == typeof(void))
                return new(attribute, null);
            Type[] plain = attribute.CtorTypes, withEnvironment = [typeof(IHostEnvironment), .. plain];
            var constructor = instance.IsAssignableFrom(loader) ? Constructor(plain) ?? Constructor(withEnvironment) : null;
            var create = Create(plain) ?? Create(withEnvironment);
            if (constructor is null || create is null)
                return constructor is null && create is null ? null : new(attribute, (MethodBase)constructor ?? create);

            var (first, second) = (Visibility(constructor), Visibility(create));
            if (first == second)
                throw Contracts.Except(
                    $"Can't load type {instance}, because it has both create and constructor methods with the same visibility. " +
                    "Please indicate which one should be used by changing either the signature or the visibility of one of them.");
            return new(attribute, first > second ? constructor : create);

            ConstructorInfo Constructor(Type[] parameters) => loader.GetConstructor(BindingFlags.Instance | AnyVisibility, parameters);

            MethodInfo Create(Type[] parameters)
            {
                var method = loader.GetMethod("Create", BindingFlags.Static | AnyVisibility, parameters);
                return method?.ReturnType == instance ? method : null;
            }
        }

        static int Visibility(MethodBase method) => (method.Attributes & MethodAttributes.MemberAccessMask) switch
        {
            MethodAttributes.FamANDAssem => 0,
            MethodAttributes.Private => 1,
            MethodAttributes.Family => 2,
            MethodAttributes.FamORAssem => 3,
            MethodAttributes.Assembly => 4,
            _ => 5,
        };

        public object CreateInstance(IHostEnvironment env, object[] arguments)
        {
            object[] all = _takesEnvironment ? [env, .. arguments] : arguments;
            try
            {
                return _maker switch
                {
                    ConstructorInfo constructor => constructor.Invoke(all),
                    MethodInfo create => create.Invoke(null, all),
                    _ => throw Contracts.Except("Can't instantiate class '{0}'", Type.Name),
                };
            }
            catch (TargetInvocationException e) when (e.InnerException?.IsMarked() == true)
            {
                throw Contracts.Except(e, "Error during class instantiation");
            }
        }
    }
}
