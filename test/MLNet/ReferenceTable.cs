using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Runtime;

namespace MLNet.Reference.Tests;

/// <summary>
/// The calls of one file of the reference data, by case id. A call gets its <see cref="ReferenceCase"/> and gives a value in the form of
/// the file's "expected" (see <see cref="Rendering"/>), or throws. Use:
/// <code>
/// [TestClass]
/// public sealed class TransformTests
/// {
///     static readonly ReferenceTable Table = new("transforms.json") { ["concatenate-scalars"] = c => ..., };
///     public static IEnumerable&lt;object[]&gt; Ids => Table.Ids;
///     [TestMethod, DynamicData(nameof(Ids))] public void Case(string id) => Table.Run(id);
/// }
/// </code>
/// Every id of the file must be in the table, or skipped there with a reason; every id of the table must be in the file.
/// </summary>
public sealed class ReferenceTable(string fileName, double relative = 0, double absolute = 0) : IEnumerable<string>
{
    readonly Dictionary<string, (Func<ReferenceCase, object?> Call, Tolerance Tolerance)> _calls = [];
    readonly Dictionary<string, string> _skipped = [];
    readonly Lazy<JsonElement?> _file = new(() => ReferenceFolder.Path is { } folder
        ? JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, fileName))).RootElement : null);

    public Func<ReferenceCase, object?> this[string id]
    {
        set => Add(id, value);
    }

    /// <summary>Adds a case with a tolerance of its own, or parts of "expected" (property names, at any depth) that are not compared.</summary>
    public void Add(string id, Func<ReferenceCase, object?> call, double? relative1 = null, double? absolute1 = null, params string[] ignored)
        => _calls.Add(id, (call, new(relative1 ?? relative, absolute1 ?? absolute, ignored)));

    /// <summary>The same call for many ids: those of the file that match.</summary>
    public void AddAll(string pattern, Func<ReferenceCase, object?> call, params string[] ignored)
    {
        foreach (var id in FileIds.Where(id => Regex.IsMatch(id, pattern) && !_calls.ContainsKey(id)))
            _calls.Add(id, (call, new(relative, absolute, ignored)));
    }

    public void Skip(string id, string reason) => _skipped.Add(id, reason);

    IEnumerable<string> FileIds => _file.Value is { } file
        ? file.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("id").GetString()!) : [];

    /// <summary>All ids, of the file and of the table, as test data; one of them is there even if the file is not.</summary>
    public IEnumerable<object[]> Ids => FileIds.Union(_calls.Keys).DefaultIfEmpty(fileName).Select(id => new object[] { id });

    public void Run(string id)
    {
        if (_file.Value is not { } file)
        {
            Assert.Inconclusive($"The reference data ({fileName}) are not here: shared/data/mlnet-reference beside a folder above this source.");
            return;
        }
        var data = file.GetProperty("cases").EnumerateArray().FirstOrDefault(c => c.GetProperty("id").GetString() == id);
        Assert.AreNotEqual(JsonValueKind.Undefined, data.ValueKind, $"{fileName} has no case '{id}'");
        if (_skipped.TryGetValue(id, out var reason))
            Assert.Inconclusive(reason);
        Assert.IsTrue(_calls.TryGetValue(id, out var entry), $"No call for case '{id}' of {fileName}");
        Check(new(file, data), entry.Call, entry.Tolerance);
    }

    static void Check(ReferenceCase c, Func<ReferenceCase, object?> call, Tolerance tolerance)
    {
        var wanted = c.Data.TryGetProperty("exception", out var exception) ? exception : c.Data.GetProperty("expected");
        string actual;
        try
        {
            actual = Rendering.Json(call(c));
        }
        catch (Exception e) when (e is not UnitTestAssertException)
        {
            if (exception.ValueKind == JsonValueKind.Undefined)
                throw;
            actual = Rendering.Json(Rendering.Exception(e));
        }
        using var result = JsonDocument.Parse(actual);
        var difference = tolerance.FirstDifference(wanted, result.RootElement, "");
        if (difference != null)
            Assert.Fail($"{c.Id}: {c.Data.GetProperty("calls").GetString()}\n{difference}\nwanted {Short(wanted.GetRawText())}\ngot    {Short(actual)}");
        CheckWarnings(c);
    }

    // How many threads there are depends on the machine.
    static void CheckWarnings(ReferenceCase c)
    {
        if (!c.Data.TryGetProperty("logs", out var logs))
            return;
        var wanted = logs.EnumerateArray().Where(log => log.GetProperty("kind").GetString() is "Warning" or "Error")
            .Select(log => $"{log.GetProperty("source").GetString()}: {log.GetProperty("message").GetString()}");
        var actual = c.Log.Where(log => log.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error).Select(log => $"{log.Source}: {log.RawMessage}");
        using var wantedJson = JsonDocument.Parse(Rendering.Json(Comparable(wanted)));
        using var actualJson = JsonDocument.Parse(Rendering.Json(Comparable(actual)));
        Assert.IsNull(new Tolerance(0, 0, []).FirstDifference(wantedJson.RootElement, actualJson.RootElement, "warnings"), c.Id);

        static string[] Comparable(IEnumerable<string> messages) => messages.Where(text => !text.Contains("Too few instances to use")).ToArray();
    }

    static string Short(string text) => text.Length > 1500 ? text[..1500] + " ..." : text;

    IEnumerator<string> IEnumerable<string>.GetEnumerator() => _calls.Keys.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => _calls.Keys.GetEnumerator();
}

/// <summary>Where the reference data lie: shared/data/mlnet-reference in a folder above this source file.</summary>
static class ReferenceFolder
{
    public static string? Path { get; } = Find();

    public static string Input(string name) => System.IO.Path.Combine(Path ?? "", "inputs", name);

    static string? Find([CallerFilePath] string source = "")
    {
        for (var folder = Directory.GetParent(source); folder != null; folder = folder.Parent)
            if (System.IO.Path.Combine(folder.FullName, "shared", "data", "mlnet-reference") is var path && Directory.Exists(path))
                return path;
        return null;
    }
}
