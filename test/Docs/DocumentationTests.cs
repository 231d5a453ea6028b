using System.Reflection;

namespace Extensions.ML.Docs.Tests;

[TestClass]
public class DocumentationTests
{
    static readonly Assembly[] s_assemblies = [typeof(NetworkOptions).Assembly, typeof(Trainers.TrainingOptions).Assembly, typeof(Generators.DecodingOptions).Assembly];

    public static IEnumerable<object[]> PagesWithCode => Page.All.Where(page => page.Blocks.Any()).Select(page => new object[] { page.Name });

    static Page Named(string name) => Page.All.Single(page => page.Name == name);

    [TestMethod, DynamicData(nameof(PagesWithCode))]
    public async Task EveryCodeBlockCompilesAndRuns(string name)
    {
        var folder = Directory.CreateTempSubdirectory("docs-").FullName;
        var (before, output) = (Directory.GetCurrentDirectory(), Console.Out);
        try
        {
            DataFiles.Write(folder);
            Directory.SetCurrentDirectory(folder);
            Console.SetOut(TextWriter.Null);
            var (run, compiledOnly) = await PageRunner.Run(Named(name));
            Assert.AreEqual(Named(name).Blocks.Count(block => !PageRunner.IsLeftOut(block)), run + compiledOnly);
        }
        finally
        {
            Console.SetOut(output);
            Directory.SetCurrentDirectory(before);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What is left out of running is counted here, so that nobody leaves out more by the way.</summary>
    [TestMethod]
    public void OnlyWhatNeedsAnotherMachineOrPackageIsNotRun()
    {
        var left = Page.All.SelectMany(page => page.Blocks.Where(block => block.NotRunFor != null || block.Needs != null).Select(_ => page.Name)).CountBy(name => name);
        CollectionAssert.AreEquivalent(new Dictionary<string, int> { ["docs/gpu.md"] = 2, ["docs/serving.md"] = 1, ["docs/automl.md"] = 2 }.ToArray(), left.ToArray());
        foreach (var page in Page.All)
            Assert.AreEqual(0, page.UnclearBlocks.Count(), $"{page.Name}: C# blocks are marked csharp and stand at the margin; see line {page.UnclearBlocks.FirstOrDefault()}.");
    }

    [TestMethod]
    public void EveryLinkLeadsSomewhere()
    {
        var lost = new List<string>();
        foreach (var page in Page.All)
            foreach (var (target, line) in page.Links.Where(link => !link.Target.Contains("://")))
            {
                var (path, anchor) = target.Split('#', 2) is [var file, var heading] ? (file, heading) : (target, "");
                var full = path.Length == 0 ? page.Path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.Path)!, path));
                if (!File.Exists(full) && !Directory.Exists(full) || anchor.Length > 0 && Page.All.FirstOrDefault(other => other.Path == full)?.Anchors.Contains(anchor) != true)
                    lost.Add($"{page.Name}, line {line}: {target}");
            }
        Assert.AreEqual(0, lost.Count, string.Join('\n', lost));
    }

    [TestMethod]
    public void EveryPageStandsInTheIndex()
    {
        var index = Named("docs/README.md");
        var linked = index.Links.Select(link => link.Target.Split('#')[0]).ToHashSet();
        foreach (var page in Page.All.Where(page => page.Name.StartsWith("docs/", StringComparison.Ordinal) && page.Name != index.Name))
            Assert.Contains(Path.GetFileName(page.Path), linked);
    }

    [TestMethod]
    public void TablesOfOptionsTellTheDefaultsAndLeaveNoneOut()
    {
        var wrong = new List<string>();
        foreach (var page in Page.All)
            foreach (var (typeName, declaringTypes, rows, line) in page.OptionTables)
            {
                var type = s_assemblies.Select(assembly => assembly.GetType(typeName)).FirstOrDefault(found => found != null)
                    ?? throw new InvalidDataException($"{page.Name}, line {line}: there is no type {typeName}.");
                var options = Activator.CreateInstance(type);
                var settable = Defaults.Settable(type).ToDictionary(property => property.Name);
                var declaring = declaringTypes.Length == 0 ? [type.Name] : declaringTypes;
                foreach (var (option, value) in rows)
                    if (!settable.TryGetValue(option, out var property))
                        wrong.Add($"{page.Name}, line {line}: {typeName} has no {option}.");
                    else if (Defaults.Text(property.GetValue(options)) is var text && text != value)
                        wrong.Add($"{page.Name}, line {line}: {option} is {text} by default, not {value}.");
                foreach (var missing in settable.Values.Where(property => declaring.Contains(property.DeclaringType!.Name)).Select(property => property.Name)
                    .Except(rows.Select(row => row.Option)))
                    wrong.Add($"{page.Name}, line {line}: {missing} of {typeName} is left out.");
            }
        Assert.AreEqual(0, wrong.Count, string.Join('\n', wrong));
        Assert.IsGreaterThan(30, Page.All.Sum(page => page.OptionTables.Count()));
    }

    [TestMethod]
    public void PicturesAreSmall() => Assert.IsLessThan(1_500_000,
        Directory.GetFiles(Path.Combine(Page.Root, "docs"), "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length));
}
