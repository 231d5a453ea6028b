using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Samples.Output;

namespace QuickStart;

/// <summary>What both parts of the job share: the context, the report, training with a progress bar, and the models saved so far.</summary>
sealed class Job(MLContext ml, SampleOptions options, HtmlReport report)
{
    readonly List<string[]> saved = [];
    readonly DateTime start = DateTime.UtcNow;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options, out string message) =>
        SampleOptions.TryParse("QuickStart", "mnist/ and adbench/", args, out options, out message);

    public static string DescriptionOf(SampleOptions options) => options.Data == null
        ? "made by this program (drawn digits, simulated pump telemetry with injected faults)"
        : "MNIST digits, and the cardio, thyroid and mammography sets of ADBench";

    public MLContext ML => ml;

    public SampleOptions Options => options;

    public HtmlReport Report => report;

    /// <summary>Saves the model, and has a second process load it and score the same rows again.</summary>
    /// <param name="scored">The model's scores of the rows that the second process will load for itself.</param>
    public void Save(string fileName, ITransformer model, DataViewSchema inputSchema, IDataView scored)
    {
        var path = Path.Combine(options.Out, fileName);
        ml.Model.Save(model, inputSchema, path);
        var (answer, _) = Screen.Work($"{fileName} in a second process",
            () => SecondProcess.Start(fileName, options, SecondProcess.Scores(scored)));
        saved.Add([fileName, $"{new FileInfo(path).Length / 1024.0:N0}", .. answer]);
    }

    public void ShowSaved()
    {
        var table = new Table("Models, loaded in a second process",
            ["Model", "KB", "Load, s", "Rows", "Different", "µs a prediction"], saved,
            "The second process knows only the zip file: nothing is registered. It scores the same rows and counts the scores that "
            + "differ from the first process's in any bit, then times single predictions.");
        Screen.Show(table);
        report.Section("Saved, and loaded in a second process",
            "Each model was saved by ml.Model.Save, and a process of its own loaded it by ml.Model.Load and scored the same rows.");
        report.Add(table);
    }

    public void Finish()
    {
        var sources = typeof(Job).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value!);
        var time = DateTime.UtcNow - start;
        report.Section("How this was made", "Everything above was computed in one run of this program; "
            + "a second run with the same data gives the same figures, times aside.");
        report.Add(new Table("", ["", ""],
        [
            ["Data", DescriptionOf(options)],
            ["Size of the job", options.Quick ? "quick: few rows, so the figures mean little" : "full"],
            ["Seed", "1"],
            ["Whole run", $"{time.TotalSeconds:F0} s on {Environment.ProcessorCount} processors"],
            [".NET", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}"],
            ["ML.NET", sources["ML.NET"]],
            ["Torch", sources["Torch"]],
        ], TextColumns: 2));
        report.Save();
        Screen.Line("");
        Screen.Line($"Done in {time.TotalSeconds:F0} s. The report: {report.Path}");
    }
}
