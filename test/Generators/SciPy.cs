using System.Text.Json;

namespace Extensions.ML.Generators.Tests;

/// <summary>NumPy, SciPy and scikit-learn, asked through python3 for the figures that ours are compared with.</summary>
static class SciPy
{
    static readonly Lazy<string?> s_python = new(() => PythonProcess.Find("scipy, sklearn"));

    /// <summary>Runs a script that puts its figures into the dictionary <c>answers</c>.</summary>
    /// <param name="script">Python; each array stands there under its name.</param>
    /// <param name="arrays">Name, values and width: [values / width, width], or [values] for width 0.</param>
    public static Dictionary<string, double[]> Run(string script, params (string Name, double[] Values, int Width)[] arrays)
    {
        if (s_python.Value is not { } python)
        {
            Assert.Inconclusive("no python3 with scikit-learn is here (Debian: apt-get install python3-sklearn)");
            return [];
        }
        var data = string.Concat(arrays.Select(a => $"{a.Name} = np.array({JsonSerializer.Serialize(a.Values)})"
            + (a.Width == 0 ? "\n" : $".reshape(-1, {a.Width})\n")));
        var (output, error) = PythonProcess.Run(python, "import json, numpy as np\nanswers = {}\n" + data + script
            + "\nprint(json.dumps({k: np.asarray(v, dtype=float).reshape(-1).tolist() for k, v in answers.items()}))\n");
        return error == "" ? JsonSerializer.Deserialize<Dictionary<string, double[]>>(output)! : throw new InvalidOperationException($"Python: {error}");
    }
}
