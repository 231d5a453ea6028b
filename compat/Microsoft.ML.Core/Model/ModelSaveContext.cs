using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public interface ICanSaveModel
{
    void Save(ModelSaveContext ctx);
}

/// <summary>Writes one entry of a model file: header, the component's own bytes, the strings that it named.</summary>
public sealed class ModelSaveContext : IDisposable
{
    internal const string ModelStreamName = "Model.key";

    internal readonly RepositoryWriter Repository;
    internal readonly string Directory;
    internal readonly BinaryWriter Writer;
    internal readonly long FpMin;
    internal ModelHeader Header;
    readonly Repository.Entry _entry;
    readonly List<string> _strings = [];
    readonly Dictionary<string, int> _stringIds = [];
    string _loaderAssemblyName;

    internal ModelSaveContext(RepositoryWriter repository, string directory, string name)
    {
        Repository = repository;
        Directory = directory;
        _entry = repository.CreateEntry(directory, name);
        Writer = new(_entry.Stream, Encoding.UTF8, leaveOpen: true);
        ModelHeader.BeginWrite(Writer, out FpMin, out Header);
    }

    internal bool InRepository => true;

    internal void CheckAtModel() => Repository.Context.Check(Writer.BaseStream.Position == FpMin + Header.FpModel);

    internal void SetVersionInfo(VersionInfo version)
    {
        Header.SetVersionInfo(version);
        _loaderAssemblyName = version.LoaderAssemblyName;
    }

    internal void SaveString(string text)
    {
        Repository.Context.CheckValue(text, "str");
        if (!_stringIds.TryGetValue(text, out var id))
        {
            _stringIds.Add(text, id = _strings.Count);
            _strings.Add(text);
        }
        Writer.Write(id);
    }

    internal void SaveString(ReadOnlyMemory<char> text) => SaveString(text.ToString());

    internal void SaveNonEmptyString(string text)
    {
        Repository.Context.CheckParam(!string.IsNullOrEmpty(text), "str");
        SaveString(text);
    }

    internal void SaveNonEmptyString(ReadOnlyMemory<char> text) => SaveNonEmptyString(text.ToString());

    internal void SaveStringOrNull(string text)
    {
        if (text is null)
            Writer.Write(-1);
        else
            SaveString(text);
    }

    internal void SaveTextStream(string name, Action<TextWriter> action)
    {
        using var entry = Repository.CreateEntry(Directory, name);
        using var writer = new StreamWriter(entry.Stream, leaveOpen: true);
        action(writer);
    }

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        using var entry = Repository.CreateEntry(Directory, name);
        using var writer = new BinaryWriter(entry.Stream, Encoding.UTF8, leaveOpen: true);
        action(writer);
    }

    internal void SaveModel<T>(T value, string name) where T : class => SaveModel(Repository, value, Path.Combine(Directory ?? "", name));

    /// <summary>Saves a component in a folder of its own; nothing for null.</summary>
    internal static void SaveModel<T>(RepositoryWriter repository, T value, string path) where T : class
    {
        if (value is ICanSaveModel model)
            SaveEntry(repository, path, model.Save);
    }

    static void SaveEntry(RepositoryWriter repository, string directory, Action<ModelSaveContext> action)
    {
        using var context = new ModelSaveContext(repository, directory, ModelStreamName);
        action(context);
        context.Done();
    }

    internal void Done()
    {
        Repository.Context.Check(Header.ModelSignature != 0, "ModelSignature not specified!");
        Header.EndWrite(Writer, FpMin, _strings, _loaderAssemblyName);
        Dispose();
    }

    public void Dispose()
    {
        Writer.Dispose();
        _entry.Dispose();
    }
}
