using Microsoft.Extensions.Logging;

namespace Extensions.ML.Hosting;

/// <summary>What tells one state of a file from another. A file put in its place by renaming has another birth, even with all else alike.</summary>
readonly record struct FileState(long Length, DateTime Written, DateTime Created)
{
    /// <returns><see langword="null"/> where there is no file.</returns>
    public static FileState? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new(file.Length, file.LastWriteTimeUtc, file.CreationTimeUtc) : null;
    }
}

/// <summary>Waits for changes of a file: told of them by the system where it tells, else by looking now and then.</summary>
sealed class FileChanges : IDisposable
{
    readonly SemaphoreSlim _changed = new(0);
    readonly TimeSpan _polling;
    readonly FileSystemWatcher? _watcher;

    public FileChanges(string path, TimeSpan polling, ILogger logger)
    {
        _polling = polling;
        try
        {
            // The whole folder: an atomic replacement is the renaming of another file.
            _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            _watcher.Changed += (_, _) => Signal();
            _watcher.Created += (_, _) => Signal();
            _watcher.Renamed += (_, _) => Signal();
            _watcher.Error += (_, _) => Signal();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            _watcher?.Dispose();
            _watcher = null;
            logger.LogWarning("The system tells nothing of changes of {Path}, so it is looked at every {Interval}: {Reason}", path, polling, e.Message);
        }
    }

    /// <summary>Returns when something may have changed.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _changed.WaitAsync(_polling, cancellation);

    public void Signal()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }

    public void Dispose() => _watcher?.Dispose();
}
