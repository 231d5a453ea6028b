using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Extensions.ML.Docs.Tests;

/// <summary>A C# block of a page.</summary>
/// <param name="Line">Its first line in the page, from 1.</param>
/// <param name="Code">What the reader sees.</param>
/// <param name="SetUp">What runs before it, hidden from the reader; empty where nothing does.</param>
/// <param name="Changes">What is written otherwise when it runs, so that it takes seconds: the parts and what replaces them.</param>
/// <param name="NotRunFor">Why it is compiled only; null where it runs.</param>
/// <param name="Needs">A package that this project does without: where it is missing, the block is left out; null for none.</param>
sealed record CodeBlock(int Line, string Code, string SetUp, IReadOnlyList<(string Part, string Instead)> Changes, string? NotRunFor, string? Needs)
{
    public string AsRun => Changes.Aggregate(Code, (code, change) => code.Contains(change.Part, StringComparison.Ordinal)
        ? code.Replace(change.Part, change.Instead)
        : throw new InvalidDataException($"The block at line {Line} holds no '{change.Part}' that could be changed to run."));
}

/// <summary>
/// A Markdown page of the documentation. HTML comments right before a C# block say how it is tested: <c>set up:</c> code,
/// <c>when run: part => instead</c>, <c>compiled only: reason</c>, <c>needs: package</c>.
/// </summary>
sealed partial class Page
{
    static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    readonly MarkdownDocument _document;

    Page(string path)
    {
        Path = path;
        _document = Markdown.Parse(File.ReadAllText(path), s_markdown);
    }

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = Folder();

    /// <summary>Every page of the documentation: the front page, the folder docs, the readme of each package, and what contributors read.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Select(name => System.IO.Path.Combine(Root, name))
            .Concat(Directory.GetFiles(System.IO.Path.Combine(Root, "docs"), "*.md").Order(StringComparer.Ordinal))
            .Concat(Directory.GetFiles(System.IO.Path.Combine(Root, "src"), "PACKAGE.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            .Select(path => new Page(path)),
    ];

    public string Path { get; }

    /// <summary>The path below the repository's folder.</summary>
    public string Name => System.IO.Path.GetRelativePath(Root, Path).Replace('\\', '/');

    /// <summary>The C# blocks, in order.</summary>
    public IEnumerable<CodeBlock> Blocks
    {
        get
        {
            var comments = new List<string>();
            foreach (var block in _document)
            {
                if (block is HtmlBlock { Type: HtmlBlockType.Comment } html)
                    comments.Add(html.Lines.ToString().Trim()[4..^3].Trim());
                else if (block is FencedCodeBlock { Info: "csharp" } code)
                    yield return Read(code, comments);
                if (block is not HtmlBlock)
                    comments.Clear();
            }
        }
    }

    /// <summary>Fenced blocks whose language is not told, or is C# by another name.</summary>
    public IEnumerable<int> UnclearBlocks => _document.Descendants<FencedCodeBlock>()
        .Where(block => block.Info?.ToLowerInvariant() is "cs" or "c#" or "csx" || block.Info == "csharp" && block.Parent != _document)
        .Select(block => block.Line + 1);

    /// <summary>Where links and pictures lead, with their lines.</summary>
    public IEnumerable<(string Target, int Line)> Links => _document.Descendants<LinkInline>().Select(link => (link.Url ?? "", link.Line + 1));

    /// <summary>What the headings are called in links.</summary>
    public IEnumerable<string> Anchors => _document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "");

    /// <summary>Tables of options, each behind a comment that names their type and, where others declare them too, these.</summary>
    public IEnumerable<(string Type, string[] DeclaringTypes, IReadOnlyList<(string Option, string Default)> Rows, int Line)> OptionTables
    {
        get
        {
            for (var i = 0; i + 1 < _document.Count; i++)
                if (_document[i] is HtmlBlock html && OptionsComment().Match(html.Lines.ToString()) is { Success: true } match)
                {
                    var table = _document[i + 1] as Markdig.Extensions.Tables.Table
                        ?? throw new InvalidDataException($"{Name}: no table follows the comment at line {html.Line + 1}.");
                    yield return (match.Groups[1].Value, match.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                        [.. table.Skip(1).Cast<Markdig.Extensions.Tables.TableRow>().Select(row => (Code(row[0]), Code(row[1])))], html.Line + 1);
                }
        }
    }

    static string Code(Block cell) => string.Concat(cell.Descendants<CodeInline>().Select(code => code.Content));

    static CodeBlock Read(FencedCodeBlock code, List<string> comments)
    {
        string? notRunFor = null, needs = null;
        var setUp = new List<string>();
        var changes = new List<(string, string)>();
        foreach (var comment in comments)
        {
            if (comment.StartsWith("set up:", StringComparison.Ordinal))
                setUp.Add(comment["set up:".Length..].Trim());
            else if (comment.StartsWith("compiled only:", StringComparison.Ordinal))
                notRunFor = comment["compiled only:".Length..].Trim();
            else if (comment.StartsWith("needs:", StringComparison.Ordinal))
                needs = comment["needs:".Length..].Trim();
            else if (comment.StartsWith("when run:", StringComparison.Ordinal))
                foreach (var line in comment["when run:".Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    changes.Add(line.Split(" => ", 2) is [var part, var instead] ? (part, instead)
                        : throw new InvalidDataException($"Expected 'part => instead', got '{line}'."));
        }
        return new(code.Line + 2, code.Lines.ToString(), string.Join('\n', setUp), changes, notRunFor, needs);
    }

    // Not from the folder of the test's binary, which may lie elsewhere.
    static string Folder([CallerFilePath] string source = "") => System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(source)!, "../.."));

    [GeneratedRegex(@"^<!-- options: (\S+?)(?: declared by ([\w., +]+?))? -->")]
    private static partial Regex OptionsComment();
}
