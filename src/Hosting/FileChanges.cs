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

/// <summary>Waits for changes of a file: told of them by the system where it tells, and by looking now and then.</summary>
sealed class FileChanges(string path, TimeSpan polling, ILogger logger) : IDisposable
{
    readonly SemaphoreSlim _changed = new(0);
    FileSystemWatcher? _watcher;
    bool _complained;

    /// <summary>Returns when something may have changed.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        // Again each time: the folder may not have been there, or been replaced.
        _watcher ??= Watch();
        return _changed.WaitAsync(polling, cancellation);
    }

    FileSystemWatcher? Watch()
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            // How a file is replaced at once: another is renamed.
            watcher.Renamed += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            if (!_complained)
                logger.LogWarning("The system tells nothing of changes of {Path}, so it is looked at every {Interval}: {Reason}", path, polling, e.Message);
            _complained = true;
            return null;
        }
    }

    public void Signal()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }

    public void Dispose() => _watcher?.Dispose();
}
