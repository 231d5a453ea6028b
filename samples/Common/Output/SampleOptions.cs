using System.Diagnostics.CodeAnalysis;
using Samples.Data;

namespace Samples.Output;

/// <summary>What the command line of a sample asks for.</summary>
/// <param name="Data">The folder of the data; <see langword="null"/> for data that the sample makes.</param>
/// <param name="Out">Where models, charts and the report go.</param>
/// <param name="Quick">Fewer rows and epochs: everything runs, the figures mean little.</param>
public sealed record SampleOptions(string? Data, string Out, bool Quick)
{
    const string Help = """
        {0} [--data FOLDER] [--out FOLDER] [--quick]

          --data FOLDER  the data: {1} below it; 'made' makes data instead.
                         Without it: shared/data in a folder above this one, else made data.
          --out FOLDER   models, charts and report.html go here. Default: out
          --quick        fewer rows and epochs
        """;

    /// <param name="program">Its name, for the help.</param>
    /// <param name="folders">What it looks for in the data folder.</param>
    /// <param name="message">The help, and before it what is wrong, where the arguments are not understood.</param>
    public static bool TryParse(string program, string folders, string[] args, [NotNullWhen(true)] out SampleOptions? options, out string message)
    {
        var (data, output, quick) = ((string?)null, "out", false);
        options = null;
        message = string.Format(Help, program, folders);
        for (var i = 0; i < args.Length; i++)
            if (args[i] == "--data" && i + 1 < args.Length)
                data = args[++i];
            else if (args[i] == "--out" && i + 1 < args.Length)
                output = args[++i];
            else if (args[i] == "--quick")
                quick = true;
            else
            {
                message = args[i] == "--help" ? message : $"'{args[i]}' is not understood.\n\n{message}";
                return false;
            }
        try
        {
            options = new SampleOptions(DataFolder.Find(data), Path.GetFullPath(output), quick);
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
