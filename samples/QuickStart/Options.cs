using System.Diagnostics.CodeAnalysis;
using Samples.Data;

namespace QuickStart;

/// <summary>What the command line asks for.</summary>
/// <param name="Data">The folder of the data; <see langword="null"/> for data that the sample makes.</param>
/// <param name="Out">Where models, charts and the report go.</param>
/// <param name="Quick">Fewer rows and epochs: everything runs, the figures mean little.</param>
sealed record Options(string? Data, string Out, bool Quick)
{
    const string Help = """
        QuickStart [--data FOLDER] [--out FOLDER] [--quick]

          --data FOLDER  the data: mnist/ and adbench/ below it; 'made' makes data instead.
                         Without it: shared/data in a folder above this one, else made data.
          --out FOLDER   models, charts and report.html go here. Default: out
          --quick        fewer rows and epochs
        """;

    public string DataDescription => Data == null
        ? "made by this program (drawn digits, simulated pump telemetry with injected faults)"
        : "MNIST digits, and the cardio, thyroid and mammography sets of ADBench";

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Options? options, out string message)
    {
        var (data, output, quick) = ((string?)null, "out", false);
        options = null;
        message = Help;
        for (var i = 0; i < args.Length; i++)
            if (args[i] == "--data" && i + 1 < args.Length)
                data = args[++i];
            else if (args[i] == "--out" && i + 1 < args.Length)
                output = args[++i];
            else if (args[i] == "--quick")
                quick = true;
            else
            {
                message = args[i] == "--help" ? Help : $"'{args[i]}' is not understood.\n\n{Help}";
                return false;
            }
        try
        {
            options = new Options(DataFolder.Find(data), Path.GetFullPath(output), quick);
            return true;
        }
        catch (DirectoryNotFoundException e)
        {
            message = e.Message;
            return false;
        }
    }

    /// <summary>The arguments that give another process these same options.</summary>
    public string[] ToArguments() => ["--data", Data ?? DataFolder.Made, "--out", Out, .. Quick ? ["--quick"] : Array.Empty<string>()];
}
