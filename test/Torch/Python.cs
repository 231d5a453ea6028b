using System.Text.Json;
using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>PyTorch, asked through python3 for the values that ours are compared with.</summary>
static class Python
{
    /// <summary>Numbers and shape of one answer.</summary>
    public sealed record Answer(long[] Shape, double[] Values);

    static readonly Lazy<string?> program = new(() => PythonProcess.Find("torch"));

    const string Prelude = """
        import json, math, sys, torch
        import torch.nn.functional as F
        from torch import nn
        torch.set_num_threads(1)
        answers = {}
        def answer(name, value):
            value = torch.as_tensor(value).detach()
            # Booleans and integers go through double; not-a-number and infinity are spelled as JSON in Python spells them.
            answers[name] = dict(Shape=list(value.shape), Values=[repr(v) for v in value.double().reshape(-1).tolist()])
        def wave(*size, frequency=0.7, dtype=torch.float64):
            n = math.prod(size)
            return (torch.arange(n, dtype=torch.float64) * frequency).sin().reshape(size).to(dtype)
        def fill(module, frequency=0.37):
            with torch.no_grad():
                for p in module.parameters():
                    p.copy_(wave(*p.shape, frequency=frequency) * 0.5)
            return module

        """;

    /// <summary>Runs a script that reports by answer(name, tensor).</summary>
    public static Dictionary<string, Answer> Run(string script)
    {
        if (program.Value is not { } python)
        {
            Assert.Inconclusive("no python3 with torch is here (Debian: apt-get install python3-torch)");
            return [];
        }
        var (output, error) = PythonProcess.Run(python, Prelude + script + "\nprint(json.dumps(answers))\n");
        if (error != "") throw new InvalidOperationException($"Python: {error}");
        using var json = JsonDocument.Parse(output);
        return json.RootElement.EnumerateObject().ToDictionary(entry => entry.Name, entry => new Answer(
            entry.Value.GetProperty("Shape").EnumerateArray().Select(v => v.GetInt64()).ToArray(),
            entry.Value.GetProperty("Values").EnumerateArray().Select(v => Number(v.GetString()!)).ToArray()));
    }

    static double Number(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>Inputs that C# and Python make alike, and comparisons.</summary>
static class Sample
{
    /// <summary>sin(frequency * 0, 1, 2, ...) in row order.</summary>
    public static Tensor Wave(long[] size, double frequency = 0.7, ScalarType dtype = ScalarType.Float64)
    {
        var values = new double[size.Aggregate(1L, (a, b) => a * b)];
        for (var k = 0; k < values.Length; k++) values[k] = Math.Sin(k * frequency);
        return tensor(values, size, dtype);
    }

    /// <summary>Gives every parameter the values that fill(module) gives it in Python.</summary>
    public static T Fill<T>(T module, double frequency = 0.37) where T : nn.Module
    {
        using var unrecorded = no_grad();
        foreach (var (_, parameter) in module.named_parameters())
            parameter.copy_(Wave(parameter.shape, frequency) * 0.5);
        return module;
    }

    public static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }

    /// <summary>Relative to the larger of 1 and the expected value.</summary>
    public static void Same(Python.Answer expected, Tensor ours, double tolerance, string what = "")
    {
        Assert.AreEqual(string.Join(" x ", expected.Shape), string.Join(" x ", ours.shape), $"{what}: shape");
        Same(expected.Values, Values(ours), tolerance, what);
    }

    public static void Same(double[] expected, double[] ours, double tolerance, string what = "")
    {
        Assert.AreEqual(expected.Length, ours.Length, what);
        for (var k = 0; k < expected.Length; k++)
        {
            if (double.IsNaN(expected[k]) && double.IsNaN(ours[k]) || expected[k] == ours[k]) continue;
            var distance = Math.Abs(expected[k] - ours[k]) / Math.Max(1, Math.Abs(expected[k]));
            Assert.IsTrue(distance <= tolerance, $"{what}: element {k} is {ours[k]:R}, expected {expected[k]:R}");
        }
    }
}
