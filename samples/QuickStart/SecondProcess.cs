using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Output;

namespace QuickStart;

/// <summary>
/// Another process that loads a saved model as any service would, scores the same rows, and compares.
/// It prints its figures on one line, separated by tabs.
/// </summary>
static class SecondProcess
{
    /// <summary>Called by the first process.</summary>
    /// <returns>Seconds to load, rows scored, scores that differ, microseconds for one prediction.</returns>
    public static string[] Start(string model, SampleOptions options, float[] scores)
    {
        var expected = Path.Combine(options.Out, Path.ChangeExtension(model, ".scores"));
        File.WriteAllBytes(expected, MemoryMarshal.AsBytes(scores.AsSpan()));
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "QuickStart.exe" : "QuickStart");
        var start = new ProcessStartInfo(program, ["verify", model, .. options.ToArguments()]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEnd().TrimEnd();
        process.WaitForExit();
        File.Delete(expected);
        return process.ExitCode == 0 ? answer.Split('\t')
            : throw new InvalidOperationException($"{model} did not survive being saved and loaded: {answer}");
    }

    /// <summary>What the second process does.</summary>
    public static int Run(string[] arguments)
    {
        if (arguments is not [var name, .. var rest] || !Job.TryParse(rest, out var options, out _))
            return 2;
        var ml = new MLContext();
        var watch = Stopwatch.StartNew();
        var model = ml.Model.Load(Path.Combine(options.Out, name), out var schema);
        var loading = watch.Elapsed;

        var data = name == Digits.Model
            ? ml.Data.LoadFromEnumerable(Digits.Load(options).Test)
            : Anomalies.Load(ml, Anomalies.Open(options, Path.GetFileNameWithoutExtension(name)));
        var scores = Scores(model.Transform(data));
        var file = File.ReadAllBytes(Path.Combine(options.Out, Path.ChangeExtension(name, ".scores")));
        var expected = MemoryMarshal.Cast<byte, float>(file).ToArray();
        var different = scores.Length != expected.Length ? Math.Max(scores.Length, expected.Length)
            : scores.Zip(expected).Count(pair => BitConverter.SingleToInt32Bits(pair.First) != BitConverter.SingleToInt32Bits(pair.Second));

        var prediction = name == Digits.Model
            ? TimeOf<Digit, Classified>(ml, model, schema, data)
            : TimeOf<Row, Detected>(ml, model, schema, data);
        var rows = data.GetColumn<float>("Label").Count();
        Console.WriteLine($"{loading.TotalSeconds:F2}\t{rows:N0}\t{different}\t{prediction.TotalMicroseconds:F0}");
        return different == 0 ? 0 : 1;
    }

    /// <summary>The score column, vectors end to end.</summary>
    public static float[] Scores(IDataView scored) => scored.Schema["Score"].Type is VectorDataViewType
        ? [.. scored.GetColumn<float[]>("Score").SelectMany(score => score)]
        : [.. scored.GetColumn<float>("Score")];

    /// <summary>The mean time of one call of a prediction engine, the way a service answers single requests.</summary>
    static TimeSpan TimeOf<TRow, TPrediction>(MLContext ml, ITransformer model, DataViewSchema schema, IDataView data)
        where TRow : class, new() where TPrediction : class, new()
    {
        const int calls = 500;
        using var engine = ml.Model.CreatePredictionEngine<TRow, TPrediction>(model, schema);
        var row = ml.Data.CreateEnumerable<TRow>(data, reuseRowObject: false).First();
        engine.Predict(row);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < calls; i++)
            engine.Predict(row);
        return watch.Elapsed / calls;
    }

    sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    sealed class Detected
    {
        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }

    sealed class Classified
    {
        public float[] Score { get; set; } = [];
    }
}
