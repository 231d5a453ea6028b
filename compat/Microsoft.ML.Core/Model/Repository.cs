using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>A model file: a zip archive whose folders are components. Entries are handled through temporary files.</summary>
abstract class Repository : IDisposable
{
    readonly string _folder;
    readonly List<Entry> _open = [];
    bool _disposed;

    private protected Repository(IExceptionContext context)
    {
        Context = context;
        var parent = context is IHostEnvironmentInternal env ? env.TempFilePath : Path.GetTempPath();
        do
            _folder = Path.Combine(Path.GetFullPath(parent), $"ml_dotnet_{Path.GetFileNameWithoutExtension(Path.GetRandomFileName())}");
        while (System.IO.Directory.Exists(_folder));
        System.IO.Directory.CreateDirectory(_folder);
    }

    public IExceptionContext Context { get; }

    private protected string NewTempFile() => Path.Combine(_folder, Path.GetRandomFileName());

    /// <summary>The name of an entry in the archive.</summary>
    private protected string EntryPath(string directory, string name)
    {
        Context.CheckParam(directory is null || !directory.Contains(".."), "dir");
        Context.CheckParam(!string.IsNullOrWhiteSpace(name) && !name.Contains(".."), nameof(name));
        return Path.Combine(directory ?? "", name).Replace('\\', '/').TrimStart('/');
    }

    private protected Entry Add(string path, Stream stream, Action<Entry> closed)
    {
        var entry = new Entry(path, stream, e =>
        {
            _open.Remove(e);
            closed(e);
        });
        _open.Add(entry);
        return entry;
    }

    private protected void CloseEntries()
    {
        while (_open.Count > 0)
            _open[^1].Dispose();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        CloseEntries();
        CloseArchive();
        try
        {
            System.IO.Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Left to the system's own cleaning of its temporary folder.
        }
    }

    private protected abstract void CloseArchive();

    public sealed class Entry : IDisposable
    {
        Action<Entry> _closed;

        internal Entry(string path, Stream stream, Action<Entry> closed) => (Path, Stream, _closed) = (path, stream, closed);

        public string Path { get; }
        public Stream Stream { get; }

        public void Dispose()
        {
            _closed?.Invoke(this);
            _closed = null;
        }
    }
}

sealed class RepositoryWriter : Repository
{
    readonly ZipArchive _archive;
    readonly HashSet<string> _paths = [];
    readonly Queue<Entry> _closed = [];

    RepositoryWriter(Stream stream, IExceptionContext context) : base(context)
        => _archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);

    public static RepositoryWriter CreateNew(Stream stream, IExceptionContext context = null)
    {
        context.CheckValue(stream, nameof(stream));
        var repository = new RepositoryWriter(stream, context);
        using var entry = repository.CreateEntry("TrainingInfo", "Version.txt");
        using var writer = new StreamWriter(entry.Stream, leaveOpen: true);
        writer.WriteLine(typeof(RepositoryWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return repository;
    }

    public Entry CreateEntry(string name) => CreateEntry(null, name);

    public Entry CreateEntry(string directory, string name)
    {
        WriteClosed();
        var path = EntryPath(directory, name);
        if (!_paths.Add(path))
            throw Context.ExceptParam(nameof(name), "Duplicate entry: '{0}'", path);
        return Add(path, new FileStream(NewTempFile(), FileMode.CreateNew), _closed.Enqueue);
    }

    // An archive takes one entry at a time, while components are nested: entries are written once they are closed.
    void WriteClosed()
    {
        while (_closed.TryDequeue(out var entry))
        {
            using (var file = (FileStream)entry.Stream)
            using (var destination = _archive.CreateEntry(entry.Path).Open())
            {
                file.Position = 0;
                file.CopyTo(destination);
            }
            File.Delete(((FileStream)entry.Stream).Name);
        }
    }

    public void Commit()
    {
        CloseEntries();
        WriteClosed();
        Dispose();
    }

    private protected override void CloseArchive()
    {
        while (_closed.TryDequeue(out var entry))
            entry.Stream.Dispose();
        _archive.Dispose();
    }
}

sealed class RepositoryReader : Repository
{
    readonly ZipArchive _archive;
    readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    RepositoryReader(Stream stream, IExceptionContext context) : base(context)
    {
        try
        {
            _archive = new(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (Exception e)
        {
            Dispose();
            throw context.ExceptDecode(e, "Failed to open a zip archive");
        }
        foreach (var entry in _archive.Entries)
            _entries[entry.FullName.Replace('\\', '/')] = entry;
    }

    public static RepositoryReader Open(Stream stream, IExceptionContext context = null)
    {
        context.CheckValue(stream, nameof(stream));
        return new(stream, context);
    }

    public Entry OpenEntry(string name) => OpenEntry(null, name);

    public Entry OpenEntry(string directory, string name)
        => OpenEntryOrNull(directory, name) ?? throw Context.Except("Repository doesn't contain entry {0}", EntryPath(directory, name));

    public Entry OpenEntryOrNull(string name) => OpenEntryOrNull(null, name);

    public Entry OpenEntryOrNull(string directory, string name)
    {
        var path = EntryPath(directory, name);
        if (!_entries.TryGetValue(path, out var entry))
            return null;
        var file = NewTempFile();
        entry.ExtractToFile(file);
        return Add(path,
            new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.DeleteOnClose), e => e.Stream.Dispose());
    }

    private protected override void CloseArchive() => _archive?.Dispose();
}
