using System;
using System.IO;
using System.Reflection;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Reads one entry of a model file.</summary>
sealed class ModelLoadContext : IDisposable
{
    public readonly RepositoryReader Repository;
    public readonly string Directory;
    public readonly BinaryReader Reader;
    public readonly string[] Strings;
    public readonly string LoaderAssemblyName;
    public readonly long FpMin;
    internal ModelHeader Header;

    internal ModelLoadContext(RepositoryReader repository, Repository.Entry entry, string directory)
    {
        Repository = repository;
        Directory = directory;
        Reader = new(entry.Stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            ModelHeader.BeginRead(out FpMin, out Header, out Strings, out LoaderAssemblyName, Reader);
        }
        catch
        {
            Reader.Dispose();
            throw;
        }
    }

    public bool InRepository => true;

    IExceptionContext Context => Repository.Context;

    public void CheckAtModel() => Context.Check(Reader.BaseStream.Position == FpMin + Header.FpModel);

    public void CheckAtModel(VersionInfo version)
    {
        CheckAtModel();
        Header.CheckVersionInfo(version);
    }

    public void CheckVersionInfo(VersionInfo version) => Header.CheckVersionInfo(version);

    public string LoadStringOrNull()
    {
        var id = Reader.ReadInt32();
        Context.CheckDecode(-1 <= id && id < (Strings?.Length ?? 0));
        return id < 0 ? null : Strings[id];
    }

    public string LoadString()
    {
        var text = LoadStringOrNull();
        Context.CheckDecode(text != null);
        return text;
    }

    public string LoadNonEmptyString()
    {
        var text = LoadString();
        Context.CheckDecode(text.Length > 0);
        return text;
    }

    public void LoadModel<TResult, TSignature>(IHostEnvironment env, out TResult result, string name, params object[] extra) where TResult : class
        => LoadModel<TResult, TSignature>(env, out result, Repository, Path.Combine(Directory ?? "", name), extra);

    public bool LoadModelOrNull<TResult, TSignature>(
        IHostEnvironment env, out TResult result, string name, params object[] extra) where TResult : class
        => LoadModelOrNull<TResult, TSignature>(env, out result, Repository, Path.Combine(Directory ?? "", name), extra);

    public static void LoadModel<TResult, TSignature>(
        IHostEnvironment env, out TResult result, RepositoryReader repository, string directory, params object[] extra) where TResult : class
    {
        if (!LoadModelOrNull<TResult, TSignature>(env, out result, repository, directory, extra))
            throw env.ExceptDecode("Corrupt model file");
    }

    /// <summary>False if there is no such entry; an entry that cannot be read throws.</summary>
    public static bool LoadModelOrNull<TResult, TSignature>(
        IHostEnvironment env, out TResult result, RepositoryReader repository, string directory, params object[] extra) where TResult : class
    {
        result = null;
        using var entry = repository.OpenEntryOrNull(directory, ModelSaveContext.ModelStreamName);
        if (entry is null)
            return false;
        using var context = new ModelLoadContext(repository, entry, directory);
        result = context.CreateComponent<TResult, TSignature>(env, extra) ?? throw env.ExceptDecode("Couldn't load model: '{0}'", directory);
        return true;
    }

    /// <summary>Loads the assembly that the header names, registers it, and makes the class behind the loader signature.</summary>
    TResult CreateComponent<TResult, TSignature>(IHostEnvironment env, object[] extra) where TResult : class
    {
        if (!string.IsNullOrEmpty(LoaderAssemblyName))
            env.ComponentCatalog.RegisterAssembly(Assembly.Load(LoaderAssemblyName));
        foreach (var signature in (string[])[Header.Loader.ToString(), Header.LoaderAlt.ToString()])
        {
            if (string.IsNullOrWhiteSpace(signature)
                || !ComponentCatalog.TryCreateInstance<object, TSignature>(env, out var instance, signature, [this, .. extra])
                || instance is not TResult result)
                continue;
            Done();
            return result;
        }
        return null;
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action)
    {
        using var entry = Repository.OpenEntryOrNull(Directory, name);
        if (entry is null)
            return false;
        using var reader = new BinaryReader(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(reader);
        return true;
    }

    public bool TryLoadTextStream(string name, Action<TextReader> action)
    {
        using var entry = Repository.OpenEntryOrNull(Directory, name);
        if (entry is null)
            return false;
        using var reader = new StreamReader(entry.Stream);
        action(reader);
        return true;
    }

    public void Done()
    {
        Header.EndRead(FpMin, Reader);
        Dispose();
    }

    public void Dispose() => Reader.Dispose();
}
