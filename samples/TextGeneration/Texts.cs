using System.IO.Compression;
using System.Text;
using Samples.Output;

namespace TextGeneration;

/// <summary>What is learned from: speeches of plays, scenes that this program makes, or the paragraphs of a file.</summary>
/// <param name="Name">What the texts are.</param>
/// <param name="Training">Texts to learn from.</param>
/// <param name="Test">Texts to judge by, the last tenth.</param>
/// <param name="Prompts">Beginnings to continue.</param>
sealed record Texts(string Name, IReadOnlyList<Text> Training, IReadOnlyList<Text> Test, IReadOnlyList<string> Prompts)
{
    /// <param name="options">The folder of data, and whether little of it is enough.</param>
    /// <param name="file">A file of the user's; null for none.</param>
    public static Texts Load(SampleOptions options, string? file)
    {
        var plays = options.Data == null ? null : Path.Combine(options.Data, "text", "tinyshakespeare.txt.gz");
        if (file != null)
        {
            var own = File.ReadAllText(file);
            return Split(Path.GetFileName(file), own, [own[..Math.Min(own.Length, 20)]]);
        }
        if (plays != null && File.Exists(plays))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(plays), CompressionMode.Decompress), Encoding.UTF8);
            return Split("tinyshakespeare", reader.ReadToEnd(), ["ROMEO:\n", "First Citizen:\nSpeak", "To be, or not to"]);
        }
        return Split("scenes of a market", string.Join("\n\n", MadeStories.Write(options.Quick ? 600 : 3_000, seed: 1)),
            ["Anna: Good morning,", "Bruno: Hello", "Clara: Good morning, Dario. What would you like?\nDario:"]);

        Texts Split(string name, string text, string[] prompts)
        {
            if (options.Quick)
                text = text[..Math.Min(text.Length, 80_000)];
            var paragraphs = text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(paragraph => new Text { Content = paragraph.Trim('\n') }).ToArray();
            var training = paragraphs.Length * 9 / 10;
            return training > 0 ? new(name, paragraphs[..training], paragraphs[training..], prompts) : throw new InvalidDataException(
                $"'{name}' has {paragraphs.Length} paragraphs; at least 2 are needed, with a blank line between them.");
        }
    }
}

/// <summary>A row: a paragraph.</summary>
sealed class Text
{
    public string Content { get; set; } = "";
}
