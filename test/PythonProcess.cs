using System.Diagnostics;

/// <summary>Python 3, run beside the tests that compare with it.</summary>
static class PythonProcess
{
    /// <summary>The first Python that has some modules: the distribution's may stand behind another one on the path.</summary>
    /// <param name="modules">As behind <c>import</c>.</param>
    /// <returns>Its program; <see langword="null"/> where there is none.</returns>
    public static string? Find(string modules) => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python =>
    {
        try
        {
            return Run(python, $"import {modules}").Error == "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    /// <summary>Runs a script.</summary>
    /// <returns>What it printed; its complaint where it failed, else nothing.</returns>
    public static (string Output, string Error) Run(string python, string script)
    {
        using var process = Process.Start(new ProcessStartInfo(python, "-W ignore -")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        process.WaitForExit();
        return (output.Result, process.ExitCode == 0 ? "" : error.Result);
    }
}
