using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Benchmarks;

/// <summary>The peer cannot be run; the message says what is missing.</summary>
sealed class PeerException(string message) : Exception(message);

/// <summary>
/// A Python program that waits for work: a line of JSON in, a line of JSON out. It stays alive, so that it is as warm as we are.
/// </summary>
sealed class PythonPeer : IDisposable
{
    static readonly ConcurrentDictionary<string, string> s_interpreters = new();

    readonly Process _process;

    /// <param name="script">A file of the folder peers.</param>
    /// <param name="likeOurs">Whether it runs with the memory and OpenMP settings that our engine has; else as it comes.</param>
    /// <param name="module">The module that it is about.</param>
    public PythonPeer(string script, bool likeOurs, string module = "torch")
    {
        var start = Start(Require(module), [Path.Combine(AppContext.BaseDirectory, "peers", script), likeOurs ? "like-ours" : "stock"]);
        start.RedirectStandardInput = true;
        foreach (var (name, ours) in new[] { ("OMP_WAIT_POLICY", "passive"), ("GOMP_SPINCOUNT", "1000") })
            start.Environment[name] = likeOurs ? ours : null;
        _process = Process.Start(start)!;
    }

    /// <summary>Finds the interpreter that has a module. It searches once, so that the time of the search is in no figure.</summary>
    /// <exception cref="PeerException">There is none.</exception>
    public static string Require(string module = "torch") => s_interpreters.GetOrAdd(module, _ =>
        new[] { Environment.GetEnvironmentVariable("PYTHON"), "python3", "/usr/bin/python3", "python" }.FirstOrDefault(program => Has(program, module))
        ?? throw new PeerException(
            $"The peer needs a Python with {module}. Debian: apt-get install python3-{module}; or name an interpreter in PYTHON."))!;

    /// <summary>Has the work done.</summary>
    /// <param name="request">Names the work, and its arguments.</param>
    /// <exception cref="PeerException">The peer failed; it has told why on its standard error, which is ours.</exception>
    public JsonNode Ask(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, JsonSerializerOptions.Web));
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine() ?? throw new PeerException($"The peer gave no answer to {request}.");
        return JsonNode.Parse(answer)!;
    }

    /// <summary>Has work done that answers with its times.</summary>
    public Timing Time(object request)
    {
        var answer = Ask(request);
        return new Timing((double)answer["wall"]!, (double)answer["processor"]!);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    static ProcessStartInfo Start(string program, string[] arguments) => new(program, arguments) { RedirectStandardOutput = true };

    static bool Has(string? program, string module)
    {
        if (program == null)
            return false;
        try
        {
            var start = Start(program, ["-c", $"import {module}"]);
            start.RedirectStandardError = true;
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
