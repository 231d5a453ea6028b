using System.IO.Compression;
using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>
/// What can be known of a model file before it is loaded. ML.NET's own reader unpacks whatever a zip says, each part into a temporary file, so
/// files from elsewhere are checked first: <c>ModelFile.Check(stream); ml.Model.Load(stream, out var schema);</c>
/// </summary>
public static class ModelFile
{
    /// <summary>Parts below this size may be compressed as well as they can be.</summary>
    const long Small = 1 << 20;

    /// <summary>Throws where a model file is no zip, or would unpack to more than is allowed. Nothing is unpacked.</summary>
    /// <param name="stream">The file; must be able to seek. It is left where it was.</param>
    /// <param name="limits">What is allowed; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or breaks a limit; the message says which.</exception>
    public static void Check(Stream stream, ModelFileLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek) throw new ArgumentException("The stream of a model file must be able to seek.", nameof(stream));
        limits ??= new();
        var start = stream.Position;
        try
        {
            using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            Require(zip.Entries.Count <= limits.Parts, $"it has {zip.Entries.Count} parts; at most {limits.Parts} are allowed");
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            long total = 0;
            foreach (var part in zip.Entries)
            {
                var path = part.FullName.Replace('\\', '/');
                Require(!path.StartsWith('/') && !path.Contains(':') && !path.Split('/').Contains(".."), $"the part '{part.FullName}' names a place outside it");
                Require(names.Add(path), $"it has the part '{part.FullName}' twice");
                // What a part really holds never comes to more: the framework stops reading at the length that the zip tells.
                Require(part.Length >= 0 && part.Length <= limits.Bytes - total, $"it unpacks to more than {limits.Bytes:N0} bytes");
                total += part.Length;
                Require(part.Length <= Small || part.Length / Math.Max(1, part.CompressedLength) <= limits.Ratio,
                    $"the part '{part.FullName}' unpacks to more than {limits.Ratio} times its size");
            }
        }
        finally
        {
            stream.Position = start;
        }
    }

    static void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidDataException($"The model file is refused: {what}.");
    }
}

/// <summary>What <see cref="ModelFile.Check"/> allows.</summary>
public sealed record ModelFileLimits
{
    /// <summary>Bytes that all parts together unpack to, at least 1. Default 4 GiB.</summary>
    public long Bytes { get; init => field = Bounds.AtLeast(value, 1); } = 4L << 30;

    /// <summary>How many times its size a part of more than 1 MiB may unpack to, at least 1; weights hardly shrink, descriptions some ten times.
    /// Default 100.</summary>
    public long Ratio { get; init => field = Bounds.AtLeast(value, 1); } = 100;

    /// <summary>Parts, at least 1. Default 10,000.</summary>
    public long Parts { get; init => field = Bounds.AtLeast(value, 1); } = 10_000;
}
