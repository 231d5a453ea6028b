using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Benchmarks;

/// <summary>This program again, in a process of its own that does one piece of work and answers with one line of JSON.</summary>
static class OwnProcess
{
    static readonly string s_program =
        Path.ChangeExtension(typeof(OwnProcess).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null);

    public static JsonNode Run(string child, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(s_program, [child, .. arguments]) { RedirectStandardOutput = true })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonNode.Parse(answer)!
            : throw new InvalidOperationException($"The process for '{child}' failed with code {process.ExitCode}.");
    }
}
