using System.IO.Compression;

namespace Samples.Data;

/// <summary>A sentence and its translation.</summary>
public sealed class SentencePair
{
    public string Source { get; set; } = "";
    public string Target { get; set; } = "";

    /// <summary>Reads <c>NAME.SOURCE.gz</c> and <c>NAME.TARGET.gz</c>, UTF-8, a sentence a line.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <param name="name">Of the set, such as <c>train</c>.</param>
    /// <param name="source">The language to translate from, such as <c>en</c>.</param>
    /// <param name="target">The language to translate to.</param>
    /// <exception cref="InvalidDataException">A file is missing, or they have not as many lines.</exception>
    public static SentencePair[] Read(string folder, string name, string source = "en", string target = "de")
    {
        var (from, to) = (Lines($"{name}.{source}.gz"), Lines($"{name}.{target}.gz"));
        return from.Count == to.Count ? [.. from.Zip(to, (a, b) => new SentencePair { Source = a, Target = b })]
            : throw new InvalidDataException($"In '{folder}', {name}.{source}.gz has {from.Count} lines and {name}.{target}.gz {to.Count}.");

        List<string> Lines(string file)
        {
            var path = Path.Combine(folder, file);
            if (!File.Exists(path))
                throw new InvalidDataException($"The file '{path}' is missing.");
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            // Not ReadLine, which ends a line at a lone CR too.
            List<string> lines = [.. reader.ReadToEnd().Split('\n')];
            if (lines[^1] == "")
                lines.RemoveAt(lines.Count - 1);
            return lines;
        }
    }
}
