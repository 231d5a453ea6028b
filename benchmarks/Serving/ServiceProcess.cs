using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Benchmarks.Serving;

/// <summary>The sample WebApi as a process of its own, on a free port of this machine.</summary>
sealed class ServiceProcess : IDisposable
{
    static readonly string s_program =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "WebApi", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
            OperatingSystem.IsWindows() ? "WebApi.exe" : "WebApi"));

    readonly Process _process;
    readonly HttpClient _client;

    /// <param name="models">Folder of the models.</param>
    public ServiceProcess(string models)
    {
        Address = new IPEndPoint(IPAddress.Loopback, FreePort());
        string[] paths =
        [
            .. new[] { ("anomaly", "anomaly"), ("explanation", "anomaly"), ("embedding", "embedding"), ("translator", "translator") }
                .Select(model => $"--ExtensionsML:Models:{model.Item1}:Path={Path.Combine(models, model.Item2 + ".zip")}"),
        ];
        var start = new ProcessStartInfo(s_program, ["--Urls=http://" + Address, "--Logging:LogLevel:Default=Warning", .. paths]);
        _client = new HttpClient { BaseAddress = new($"http://{Address}") };
        _process = Process.Start(start)!;
    }

    public IPEndPoint Address { get; }

    public double MemoryMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Waits for the first answer to a request.</summary>
    public void Await(string path, string json)
    {
        for (var watch = Stopwatch.StartNew(); ; Thread.Sleep(5))
        {
            if (_process.HasExited || watch.Elapsed.TotalSeconds > 60)
                throw new InvalidDataException("The service does not answer.");
            try
            {
                using var answer = _client.PostAsync(path, new StringContent(json, null, "application/json")).GetAwaiter().GetResult();
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }

    /// <summary>How many files of the detector went live.</summary>
    public int Version
    {
        get
        {
            var health = JsonNode.Parse(_client.GetStringAsync("health/ready").GetAwaiter().GetResult())!;
            return int.Parse(((string)health["models"]!["anomaly"]!)["version ".Length..].Split(';')[0]);
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
