using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks.Serving;

/// <summary>
/// Asks the service as fast as it answers, over connections that stay open and each wait for the answer before they ask again. Bare sockets and requests
/// written beforehand: on the same cores as the service, an HTTP client would take more time than the service.
/// </summary>
sealed class LoadGenerator(IPEndPoint service, IReadOnlyList<byte[]> requests)
{
    static readonly byte[] s_end = "\r\n0\r\n\r\n"u8.ToArray();

    public static byte[] Post(string path, string json) =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");

    /// <param name="connections">Requests under way at once.</param>
    /// <param name="time">How long to ask.</param>
    public Latencies Run(int connections, TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var found = Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(() => AskAsync(connection, end)))).GetAwaiter().GetResult();
        var all = new Latencies();
        foreach (var latencies in found)
            all.Add(latencies);
        return all;
    }

    async Task<Latencies> AskAsync(int connection, long end)
    {
        var latencies = new Latencies();
        var buffer = new byte[64 * 1024];
        Socket? socket = null;
        for (var number = connection; Stopwatch.GetTimestamp() < end; number++)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                socket ??= await ConnectAsync();
                await socket.SendAsync(requests[number % requests.Count]);
                await ReceiveAsync(socket, buffer);
                latencies.Add(Stopwatch.GetElapsedTime(started));
            }
            catch (SocketException)
            {
                latencies.AddError();
                socket?.Dispose();
                socket = null;
            }
        }
        socket?.Dispose();
        return latencies;
    }

    async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(service.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(service);
        return socket;
    }

    /// <summary>Reads a chunked answer with status 200.</summary>
    /// <exception cref="SocketException">The connection was closed, or the answer has another status.</exception>
    static async Task ReceiveAsync(Socket socket, byte[] buffer)
    {
        var read = 0;
        do
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (more == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            read += more;
            if (read >= 12 && !buffer.AsSpan(9, 3).SequenceEqual("200"u8))
                throw new SocketException((int)SocketError.ProtocolNotSupported);
        }
        while (!buffer.AsSpan(0, read).EndsWith(s_end));
    }
}
