using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Microsoft's ONNX Runtime under Node.js (npm's onnxruntime-node): what runs exported models in other programs.</summary>
static class OnnxRuntime
{
    /// <summary>A tensor on its way in or out.</summary>
    public sealed record Tensor(string Type, long[] Shape, double[] Values)
    {
        public static Tensor Of(long[] shape, IEnumerable<float> values) => new("float32", shape, [.. values.Select(value => (double)value)]);
        public static Tensor Of(long[] shape, IEnumerable<int> values) => new("int64", shape, [.. values.Select(value => (double)value)]);
    }

    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    // Beside the tests, so that it is fetched once for a build folder.
    static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "onnxruntime");
    static readonly Lazy<string?> s_missing = new(Install);

    /// <summary>Runs the ONNX part of a transformer. The test is inconclusive where ONNX Runtime is not to be had.</summary>
    /// <returns>The outputs of each run, by name.</returns>
    public static Dictionary<string, Tensor>[] Run(ITransformer transformer, OnnxPart part, params Dictionary<string, Tensor>[] runs)
    {
        if (s_missing.Value is { } missing) Assert.Inconclusive(missing);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
        try
        {
            transformer.SaveAsOnnx(path, part);
            var (output, error) = Start("node", [Path.Combine(AppContext.BaseDirectory, "onnx.js"), s_folder], JsonSerializer.Serialize(new { model = path, runs }, s_json));
            Assert.AreEqual("", error);
            return JsonSerializer.Deserialize<Dictionary<string, Tensor>[]>(output, s_json)!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Fetches the package.</summary>
    /// <returns>What is missing, in a sentence; <see langword="null"/> where nothing is.</returns>
    static string? Install()
    {
        try
        {
            // Its binaries for the CPU come within the package; its script would fetch those for GPUs from elsewhere.
            if (!Directory.Exists(Path.Combine(s_folder, "node_modules", "onnxruntime-node")))
            {
                Directory.CreateDirectory(s_folder);
                var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
                var (_, error) = Start(npm, ["install", "--prefix", s_folder, "--ignore-scripts", "--no-audit", "--no-fund", "onnxruntime-node@1.30.0"]);
                if (error != "") return $"npm could not install onnxruntime-node, so that exported models cannot be run: {error}";
            }
            var (_, broken) = Start("node", ["-e", $"require({JsonSerializer.Serialize(Path.Combine(s_folder, "node_modules", "onnxruntime-node"))})"]);
            return broken == "" ? null : $"onnxruntime-node does not load, so that exported models cannot be run: {broken}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"Node.js or npm is not installed, so that exported models cannot be run: {e.Message}";
        }
    }

    static (string Output, string Error) Start(string program, string[] arguments, string input = "")
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (output.Result, process.ExitCode == 0 ? "" : error.Result + output.Result + $" (exit code {process.ExitCode})");
    }

    /// <summary>Rows that models are run for at once.</summary>
    public static readonly int[] BatchSizes = [1, 7, 40];

    /// <summary>The first rows of a column, in batches of <see cref="BatchSizes"/>.</summary>
    public static Dictionary<string, Tensor>[] Batches(string name, float[][] rows) => Array.ConvertAll(BatchSizes, count =>
        new Dictionary<string, Tensor> { [name] = Tensor.Of([count, rows[0].Length], rows.Take(count).SelectMany(row => row)) });

    /// <summary>A column as numbers.</summary>
    public static float[][] Values(IDataView view, string column) => view.Schema[column].Type switch
    {
        VectorDataViewType => view.Vectors(column),
        BooleanDataViewType => [.. view.GetColumn<bool>(column).Select(value => new[] { value ? 1f : 0 })],
        _ => [.. view.Scores(column).Select(value => new[] { value })],
    };

    /// <summary>Equal to 1e-5 of the largest value that the column has in all rows.</summary>
    public static void AssertEqual(float[][] expected, Tensor found, int rows, string what)
    {
        CollectionAssert.AreEqual(new long[] { rows, expected[0].Length }, found.Shape, what);
        var scale = expected.Max(row => row.Max(Math.Abs));
        for (var i = 0; i < found.Values.Length; i++)
            Assert.AreEqual(expected[i / expected[0].Length][i % expected[0].Length], found.Values[i], 1e-5 * scale, $"{what}, {rows} rows, value {i}");
    }
}
