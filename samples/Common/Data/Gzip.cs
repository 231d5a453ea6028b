using System.IO.Compression;

namespace Samples.Data;

/// <summary>Files that come zipped one by one.</summary>
static class Gzip
{
    /// <summary>Unzips a file into a folder, under its name without the ending.</summary>
    /// <returns>The path of the plain file.</returns>
    public static string Extract(string gzip, string folder)
    {
        var path = Path.Combine(folder, Path.GetFileNameWithoutExtension(gzip));
        using var from = new GZipStream(File.OpenRead(gzip), CompressionMode.Decompress);
        using var to = File.Create(path);
        from.CopyTo(to);
        return path;
    }
}
