using System;
using System.IO;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Files by path; a path may hold wild cards in its last part.</summary>
public sealed class MultiFileSource : IMultiStreamSource
{
    readonly string[] _paths;

    public MultiFileSource(params string[] paths)
    {
        _paths = paths is null or [null] ? [] : paths.SelectMany(Expand).ToArray();
        if (_paths.Length == 0 && paths is not null and not [null])
            _paths = paths;
    }

    public int Count => _paths.Length;

    public string GetPathOrNull(int index)
    {
        Contracts.CheckParam(0 <= index && index < Count, nameof(index));
        return _paths[index];
    }

    public Stream Open(int index)
    {
        var path = GetPathOrNull(index);
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e)
        {
            throw new IOException($"Could not open file '{path}'. Error is: {e.Message}", e).Process();
        }
    }

    public TextReader OpenTextReader(int index) => new StreamReader(Open(index));

    static string[] Expand(string path)
    {
        if (path?.IndexOfAny(['*', '?']) is null or < 0)
            return [path];
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return Directory.Exists(folder) ? Directory.GetFiles(folder, Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray() : [];
    }
}
