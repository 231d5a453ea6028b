using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;

namespace Extensions.ML.Docs.Tests;

/// <summary>Compiles and runs the C# blocks of a page in order, each after those before it.</summary>
static partial class PageRunner
{
    /// <summary>What stands before every block: the implicit usings of a console project, and the namespaces that docs/README.md names.</summary>
    static readonly string[] s_imports =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks",
        "Microsoft.ML", "Microsoft.ML.Data", "Extensions.ML", "Extensions.ML.Generators", "Extensions.ML.Trainers",
    ];

    static readonly ScriptOptions s_options = ScriptOptions.Default.WithLanguageVersion(LanguageVersion.Preview).WithImports(s_imports)
        .WithReferences(References().Select(path => MetadataReference.CreateFromFile(path)));

    /// <returns>How many blocks ran, and how many were compiled only.</returns>
    public static async Task<(int Run, int CompiledOnly)> Run(Page page)
    {
        ScriptState<object>? state = null;
        var (run, compiledOnly) = (0, 0);
        foreach (var block in page.Blocks.Where(block => !IsLeftOut(block)))
        {
            if (block.SetUp.Length > 0)
                state = await Execute(Compile(state, block.SetUp, page, block), state, page, block);
            var asWritten = Compile(state, block.Code, page, block);
            if (block.NotRunFor != null)
            {
                compiledOnly++;
                continue;
            }
            state = await Execute(block.Changes.Count == 0 ? asWritten : Compile(state, block.AsRun, page, block), state, page, block);
            run++;
        }
        return (run, compiledOnly);
    }

    /// <summary>Whether a block needs a package that is not here.</summary>
    public static bool IsLeftOut(CodeBlock block) => block.Needs is { } package && !References().Any(path => Path.GetFileNameWithoutExtension(path) == package);

    static Script<object> Compile(ScriptState<object>? before, string code, Page page, CodeBlock block)
    {
        // Scripts know no using declarations; what they would free lives until the page is done.
        code = UsingDeclaration().Replace(code, "var");
        var script = before == null ? CSharpScript.Create(code, s_options) : before.Script.ContinueWith(code, s_options);
        var errors = script.Compile().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray();
        if (errors.Length > 0)
            Assert.Fail($"{page.Name}, line {block.Line}: does not compile.\n{string.Join('\n', errors.AsEnumerable())}\n{code}");
        return script;
    }

    static async Task<ScriptState<object>> Execute(Script<object> script, ScriptState<object>? before, Page page, CodeBlock block)
    {
        try
        {
            return before == null ? await script.RunAsync() : await script.RunFromAsync(before);
        }
        catch (Exception e)
        {
            throw new AssertFailedException($"{page.Name}, line {block.Line}: failed when run.\n{e}", e);
        }
    }

    /// <summary>The framework's assemblies and those beside this one, ML.NET's and TorchSharp's among them.</summary>
    static IEnumerable<string> References()
    {
        var paths = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return paths.Where(path => Path.GetFileName(path) is var name
            && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal)
                || name.StartsWith("Extensions.ML.", StringComparison.Ordinal) || name is "TorchSharp.dll" or "netstandard.dll" or "mscorlib.dll"));
    }

    [GeneratedRegex("^using var", RegexOptions.Multiline)]
    private static partial Regex UsingDeclaration();
}
